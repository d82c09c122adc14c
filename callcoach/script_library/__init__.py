"""The versioned script of a campaign: what is said, who approved it, and since when it is in force.

`document` and what works on it (`changes`, `editing`, `papers`) are pure. Whatever ties a script to
calls and notes is the business of `callcoach.script_fit`.
"""
