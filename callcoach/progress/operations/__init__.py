"""Writes of this room, each on behalf of a `Viewer`; they flush and never commit."""
