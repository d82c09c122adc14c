"""Files and their rows together: what a transaction wrote goes when it rolls back, and what it
deleted goes only once it has committed.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import event, select
from sqlalchemy.orm import Session, SessionTransaction

from callcoach.extensions import db
from callcoach.storage.models import StoredFile
from callcoach.storage.store import Store, StoredContent, get_store

log = logging.getLogger(__name__)
_WRITTEN, _DOOMED = "storage.written", "storage.doomed"


def register_file(content: StoredContent, *, kind: str, media_type: str) -> StoredFile:
    """Add the row of a file just put under a new key; the file is deleted if this transaction
    rolls back.
    """
    row = StoredFile(
        key=content.key,
        kind=kind,
        media_type=media_type,
        size_bytes=content.size_bytes,
        sha256=content.sha256,
    )
    db.session.add(row)
    _noted(_WRITTEN).append((get_store(), content.key))
    return row


def put_file(stream: BinaryIO, *, kind: str, media_type: str) -> StoredFile:
    """Put and register under a new key. Not for big files: the transaction stays open."""
    return register_file(get_store().put(stream), kind=kind, media_type=media_type)


def register_derived(content: StoredContent, *, kind: str, media_type: str) -> StoredFile:
    """Add or update the row of a file under a derived key, which a rollback leaves in place: the
    next attempt writes over it.
    """
    row = db.session.scalar(select(StoredFile).where(StoredFile.key == content.key))
    if row is None:
        row = StoredFile(key=content.key, kind=kind)
        db.session.add(row)
    row.media_type = media_type
    row.size_bytes = content.size_bytes
    row.sha256 = content.sha256
    return row


def delete_file(row: StoredFile) -> None:
    """Delete the row now, the file once the transaction has committed."""
    _noted(_DOOMED).append((get_store(), row.key))
    db.session.delete(row)


def sweep_orphans(before: datetime) -> int:
    """Delete files without a row that were written before `before`; returns how many.

    A process that dies between writing a file and committing its row leaves such a file. `before`
    must lie further back than any import takes.
    """
    store = get_store()
    store.clear_leftovers(before)
    found = {key for key, written_at in store.list_keys() if written_at < before}
    known = set(db.session.scalars(select(StoredFile.key)))
    for key in found - known:
        store.delete(key)
    return len(found - known)


def _noted(name: str) -> list[tuple[Store, str]]:
    notes: list[tuple[Store, str]] = db.session.info.setdefault(name, [])
    return notes


def _delete_noted(session: Session, name: str) -> None:
    for store, key in session.info.pop(name, []):
        try:
            store.delete(key)
        except OSError:  # the sweep deletes it later; the transaction is over either way
            log.exception("could not delete %s", key)


@event.listens_for(Session, "after_commit")
def _keep_written(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint was released: the whole may still roll back
    session.info.pop(_WRITTEN, None)
    _delete_noted(session, _DOOMED)


@event.listens_for(Session, "after_transaction_end")
def _drop_written(session: Session, transaction: SessionTransaction) -> None:
    """Runs also when a session is only closed, which rolls back without saying so."""
    if transaction.parent is not None:
        return
    session.info.pop(_DOOMED, None)
    _delete_noted(session, _WRITTEN)
