"""What a supervisor does with a call and what an agent learns from it.

The review desk, the listening feed, coaching notes and their answers, listening requests, home.
"""
