"""Detectors that read the words first."""
