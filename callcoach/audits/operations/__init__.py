"""Writes of this room: drafts, draws, judgements, joint calibrations. They flush, never commit."""
