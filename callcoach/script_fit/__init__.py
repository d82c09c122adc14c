"""Where a campaign's script meets its calls and notes: what of it was said and how, which lines
fail, requests to change a line with their evidence, and briefings of what changed.
"""
