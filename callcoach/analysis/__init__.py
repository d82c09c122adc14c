"""The pure core: turns, figures, detectors, engagement and evaluation.

Knows no Flask, no SQLAlchemy, no network and no audio codec: arrays and dataclasses in,
dataclasses out. Times are seconds (float) from the start of the recording; intervals are
half-open, ``[start_s, end_s)``.
"""
