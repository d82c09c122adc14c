"""Writes of the index and of saved views; they flush and never commit."""

from callcoach.search.operations.indexing import (
    FoundNote,
    drop_note,
    index_call,
    index_note,
    notes_of_call,
    reindex_call,
)
from callcoach.search.operations.views import delete_view, restore_view, save_view

__all__ = [
    "FoundNote",
    "delete_view",
    "drop_note",
    "index_call",
    "index_note",
    "notes_of_call",
    "reindex_call",
    "restore_view",
    "save_view",
]
