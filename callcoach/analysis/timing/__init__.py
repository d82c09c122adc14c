"""Detectors that read voice activity first: who speaks when, how fast, how long."""
