"""Trials of variants of a script line: who says which on which day, what was really said, and when
there is enough to conclude. `sequential` is pure statistics.
"""
