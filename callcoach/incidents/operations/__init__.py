"""Writes of this room. All flush, none commits."""
