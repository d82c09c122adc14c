"""Writes of this room; they flush and never commit."""
