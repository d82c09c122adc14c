"""Drills on real moments: what is practised, by whom until when, and each try at it."""
