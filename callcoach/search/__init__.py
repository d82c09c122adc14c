"""Finding what was said and what was written about it, in French, with the moment to play.

Owns the index of turns and sent coaching notes, the language of queries, the search page and
people's saved views. Knows calls; what else is to be found (notes) is handed to it by the rooms
above through `callcoach.search.operations`.
"""
