"""What must not have been said, and what is done about it."""
