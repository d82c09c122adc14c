"""Lessons: what one team learnt, who was briefed and practised it, and whether it is heard since."""
