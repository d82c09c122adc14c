"""Writes of coaching: notes, listening requests and the feed's claims.

Operations flush and never commit; the view or the worker commits once.
"""
