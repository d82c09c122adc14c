"""Reads of debriefs, always in a viewer's scope."""
