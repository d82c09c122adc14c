"""Writes of drills: making, assigning, practising, marking. They flush and never commit."""
