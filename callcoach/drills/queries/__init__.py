"""Reads of drills, always scoped by a `Viewer`; a take that was not sent is read by its agent."""
