"""Reads of coaching, always scoped by a `Viewer`."""
