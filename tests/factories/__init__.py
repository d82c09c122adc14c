"""Rows for tests, one file a room: plain functions that add, commit and return."""
