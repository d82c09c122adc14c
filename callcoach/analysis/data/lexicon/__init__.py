"""Lexicons by language: folded phrases, or regular expressions after ``re:``."""
