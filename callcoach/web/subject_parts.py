"""What rooms add beside a thing on somebody else's page: a version, a drill, a card of a moment.

A template says what it shows, ``{{ subject_parts('drill', drill.id) }}``, and knows no more; a room
above registers what it has to offer on things of that kind. Whether the viewer may do it is judged
by that room, and again when it is done.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from markupsafe import Markup

from callcoach.extensions import Registry

#: Takes the kind of a thing and its number; gives HTML of a template, "" for nothing.
Part = Callable[[str, int], str]

_parts: Registry[Part] = Registry()

#: Registers what is shown beside things, as a decorator.
add_part = _parts.add


def init_app(app: Flask) -> None:
    """Attach the template global `subject_parts(kind, number)`."""
    app.jinja_env.globals["subject_parts"] = _shown


def _shown(kind: str, number: int) -> Markup:
    found = (part(kind, number) for part in _parts)
    return Markup("").join(Markup(html) for html in found if html)  # noqa: S704 - own templates escape
