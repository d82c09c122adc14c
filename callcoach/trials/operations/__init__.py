"""Writes of this room: leading a trial, and counting its calls. They flush and never commit."""
