"""The portal: what the client company sees and hears, and nothing else.

Whether a call may be shown is decided in one place, `access.can_see_call`; every page, sound and file
of this room asks it (`queries.content_of`).
"""
