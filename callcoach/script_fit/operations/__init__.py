"""Writes of this room: change requests, pinned examples, briefings. They flush and never commit."""
