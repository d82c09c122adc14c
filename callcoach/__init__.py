"""CallCoach: the workspace that turns a recorded prospecting call into the next, better one.

Importing this package, or the pure core in `callcoach.analysis`, loads no Flask.
"""

__version__ = "0.6.0"
