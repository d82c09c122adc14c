"""Packaged texts and lexicons, read through `importlib.resources`."""
