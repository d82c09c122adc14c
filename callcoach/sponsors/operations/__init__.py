"""Writes of this room: what the client's people say of findings, and draws of new wordings. They
flush and never commit.
"""
