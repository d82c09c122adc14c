"""Saved views: a person's own, and nobody else's."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import delete, func, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import User
from callcoach.accounts.queries import viewer_of
from callcoach.calls.events import on_tag_renamed
from callcoach.calls.queries.tags import spellings
from callcoach.calls.tags import key_of
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from callcoach.search.models import SavedView

#: Longest name and address, in characters; most views of a person: a list longer than the results
#: helps nobody.
MAX_NAME_LENGTH, MAX_QUERY_LENGTH, MAX_VIEWS = 60, 1000, 30
#: How long a deleted view can be brought back.
FORGET_AFTER = timedelta(days=1)


def save_view(viewer: Viewer, name: str, query: str) -> SavedView:
    """Keep a search under a name; one of the same name is replaced.

    Args:
        query: of the search page's address, without ``?`` and page.

    Raises:
        InvalidInput: no name or no search, one of them too long, or too many views.
    """
    assert viewer.user_id is not None, "the system saves no views"
    name = " ".join(name.split())
    if not name:
        raise InvalidInput("Give this search a name.", field="name")
    if len(name) > MAX_NAME_LENGTH:
        raise InvalidInput(
            "%(value)s… is too long: %(limit)s characters at most.",
            value=name[:40],
            limit=str(MAX_NAME_LENGTH),
            field="name",
        )
    if not query or len(query) > MAX_QUERY_LENGTH:
        raise InvalidInput("There is no search to save here; search for something first.")
    _forget(viewer.user_id)
    mine = SavedView.owner_id == viewer.user_id, SavedView.deleted_at.is_(None)
    same: SavedView | None = db.session.scalar(
        select(SavedView).where(*mine, func.lower(SavedView.name) == name.lower())
    )
    if same is not None:
        same.name, same.query = name, query
        db.session.flush()
        return same
    count = db.session.scalar(select(func.count()).select_from(SavedView).where(*mine)) or 0
    if count >= MAX_VIEWS:
        raise InvalidInput(
            "You have %(limit)s saved searches; delete one that you do not use any more.",
            limit=str(MAX_VIEWS),
        )
    view = SavedView(owner_id=viewer.user_id, name=name, query=query)
    db.session.add(view)
    db.session.flush()
    return view


def delete_view(viewer: Viewer, view_id: int) -> SavedView:
    """Put a view aside; `restore_view` brings it back.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    view = _own(viewer, view_id)
    if view.deleted_at is None:
        view.deleted_at = utc_now()
    db.session.flush()
    return view


def restore_view(viewer: Viewer, view_id: int) -> SavedView:
    """Bring a view back; raises as `delete_view`."""
    view = _own(viewer, view_id)
    view.deleted_at = None
    db.session.flush()
    return view


@on_tag_renamed
def follow_tag(_viewer: Viewer, old: str, new: str) -> None:
    """Let saved searches for a tag look for its new name: those of people who see that one on their
    calls, and the old one no more.
    """
    views = db.session.execute(
        select(SavedView, User)
        .join(User, User.id == SavedView.owner_id)
        .where(SavedView.query.contains("tag="))
    )
    for view, owner in views:
        facts = dict(parse_qsl(view.query))
        if key_of(facts.get("tag", "")) != key_of(old):
            continue
        seen_by = viewer_of(owner)
        query = urlencode({**facts, "tag": new})
        fits = len(query) <= MAX_QUERY_LENGTH
        if fits and spellings(seen_by, new) and old not in spellings(seen_by, old):
            view.query = query
    db.session.flush()


def _own(viewer: Viewer, view_id: int) -> SavedView:
    view: SavedView | None = db.session.scalar(
        select(SavedView).where(SavedView.id == view_id, SavedView.owner_id == viewer.user_id)
    )
    if view is None:
        raise NotFound("There is no such saved search.")
    return view


def _forget(owner_id: int) -> None:
    db.session.execute(
        delete(SavedView)
        .where(SavedView.owner_id == owner_id, SavedView.deleted_at < utc_now() - FORGET_AFTER)
        .execution_options(synchronize_session=False)
    )
