"""Drills on real moments: what is practised, by whom until when, and each try at it.

Owns drills, sets and paths, assignments, tries and their answers. Knows calls and notes, which it
quotes; must not know what becomes of people afterwards (`progress`).
"""
