"""Writes of scripts: drafting and publishing. They flush and never commit."""
