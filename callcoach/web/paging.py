"""Pages of a list: the page number lives in the URL beside the filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

_Row = TypeVar("_Row")

#: Rows of one page; comfortable lists show about ten at a time.
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[_Row]):
    """One page of a list.

    Args:
        rows: the rows of this page.
        number: from 1.
        total: rows on all pages.
        per_page: most rows of one page.
    """

    rows: Sequence[_Row]
    number: int
    total: int
    per_page: int = PER_PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def first(self) -> int:
        """Place of the first row, from 1; 0 when there is none."""
        return (self.number - 1) * self.per_page + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """Place of the last row."""
        return self.first + len(self.rows) - 1 if self.rows else 0

    def url(self, number: int) -> str | None:
        """Address of another page with the same filters; None past either end."""
        return with_args(page=number if number > 1 else None) if 1 <= number <= self.pages else None

    @property
    def previous_url(self) -> str | None:
        return self.url(self.number - 1)

    @property
    def next_url(self) -> str | None:
        return self.url(self.number + 1)


def page_number() -> int:
    """The page asked for in the URL; 1 when unreadable."""
    return max(request.args.get("page", 1, type=int), 1)


def paginate(
    session: Session, query: Select[Any], number: int | None = None, per_page: int = PER_PAGE
) -> Page[Any]:
    """Read one page of a query whose rows are single entities.

    A number past the end gives the last page.
    """
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    wanted = page_number() if number is None else max(number, 1)
    number = min(wanted, max(1, -(-total // per_page)))
    rows = session.scalars(query.limit(per_page).offset((number - 1) * per_page)).unique().all()
    return Page(rows=rows, number=number, total=total, per_page=per_page)


def with_args(**changes: str | int | None) -> str:
    """Address of this page with some query arguments changed; None removes one.

    A list whose filter changes starts again at its first page.
    """
    args: dict[str, Any] = {name: request.args.getlist(name) for name in request.args}
    if "page" not in changes:
        args.pop("page", None)
    args.update(changes)
    kept = {name: value for name, value in args.items() if value not in (None, "", [])}
    return url_for(str(request.endpoint), **(request.view_args or {}), **kept)
