"""Audits: a logged random sample, judged by people, and what it proves."""
