"""Did it change? Rechecks of notes, before and after, objectives, and each person's own page.

Owns what follows a note on later calls, announced coaching periods, pairs to hear, an agent's yes to
sharing, and objectives. Nothing here compares people, and agents see no detection that nobody heard.
"""
