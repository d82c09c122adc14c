"""Recorded calls: how they come in, what was said, where they turned."""
