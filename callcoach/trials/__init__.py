"""Testing variants: two or more ways of saying a line, tried in turn and compared by what comes of
the calls.

Owns trials, their arms, who says what on which day, what was counted and each look taken at it.
Must not know: who does how well. Its unit is the agent-day, and no figure of one agent is shown.
"""
