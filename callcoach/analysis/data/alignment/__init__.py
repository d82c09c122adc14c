"""Word lists of `callcoach.analysis.alignment`, one file a language."""
