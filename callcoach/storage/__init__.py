"""Recordings and what is derived from them, on disk or in an object store.

No path leaves this room: others hold a key, a `StoredFile` row and a stream. (`local_copy` lends a
copy under a generated name, for decoders that need a file; it is gone afterwards.)
"""

from callcoach.storage.store import Store, StoredContent, get_store

__all__ = ["Store", "StoredContent", "get_store"]
