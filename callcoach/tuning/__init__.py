"""What a campaign changes in the engine: its phrases, bounds and the standing of each detector.

Below `calls`, so that an analysis can read it; what verdicts teach is worked out in `learning`.
"""
