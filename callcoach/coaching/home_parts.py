"""What rooms above add to the home page: parts of it for each role, under what this room shows.

A room registers when its views are imported. What is returned is shown as it is: HTML of a template
of that room, or "" for nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from markupsafe import Markup

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.extensions import Registry

Part = Callable[[Viewer], str]

_parts: Registry[tuple[frozenset[Role], Part]] = Registry()
_first: Registry[tuple[frozenset[Role], Part]] = Registry()


def add_part(*roles: Role) -> Callable[[Part], Part]:
    """Register what is shown on the home page of people with one of these roles, as a decorator;
    once, however often its module is imported.
    """

    def register(part: Part) -> Part:
        _parts.add((frozenset(roles), part))
        return part

    return register


def add_first_part(*roles: Role) -> Callable[[Part], Part]:
    """As `add_part`, for what goes before everything else, at home and in the listening feed."""

    def register(part: Part) -> Part:
        _first.add((frozenset(roles), part))
        return part

    return register


def parts_of(viewer: Viewer) -> list[Markup]:
    """The parts of one person's home page, in the order in which they were registered."""
    return _shown(viewer, _parts)


def _shown(viewer: Viewer, registered: Registry[tuple[frozenset[Role], Part]]) -> list[Markup]:
    found = (part(viewer) for roles, part in registered if viewer.role in roles)
    return [Markup(html) for html in found if html]  # noqa: S704 - our own templates escape


def init_app(app: Flask) -> None:
    """Attach the template globals `home_parts()` and `first_parts()`."""
    app.jinja_env.globals["first_parts"] = lambda: _shown(current_viewer(), _first)
    app.jinja_env.globals["home_parts"] = lambda: parts_of(current_viewer())
