"""Recordings and what is derived from them, on disk or in an object store.

No path leaves this room: others hold a key, a `StoredFile` row and a stream.
"""
