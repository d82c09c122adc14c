"""Writes of debriefs: one module for each thing that happens to them."""
