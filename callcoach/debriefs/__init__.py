"""Debriefs: what is prepared for a team, how it is run before everybody, and what comes of it."""
