"""Reads of this room, always scoped by a `Viewer`."""
