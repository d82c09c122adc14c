"""What rooms above add to pages of this one: panels under an agent's note and beside the words of a
call, and actions on a note and on a call of the desk.

A room registers when its views are imported. Whether the viewer may do it is judged by the room;
what is returned is shown as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from markupsafe import Markup

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls.models import Call
from callcoach.coaching.models import Note
from callcoach.extensions import Registry


@dataclass(frozen=True, slots=True)
class Action:
    """One more thing to do: a POST to `url`, or the way there when `is_link`."""

    url: str
    label: str
    is_link: bool = False


Panel = Callable[[Viewer, Note], str]
CallPanel = Callable[[Viewer, Call], str]
NoteAction = Callable[[Viewer, int], Action | None]
CallAction = Callable[[Viewer, int], Action | None]

_panels: Registry[Panel] = Registry()
_call_panels: Registry[CallPanel] = Registry()
_note_actions: Registry[NoteAction] = Registry()
_call_actions: Registry[CallAction] = Registry()

#: Registers what is shown under an agent's own note: HTML of a template, "" for nothing.
add_panel = _panels.add
#: Registers what is shown on the desk under the moments of a call: HTML of a template, "" for nothing.
add_call_panel = _call_panels.add
#: Registers something to do with a sent note on the desk, given its number.
add_note_action = _note_actions.add
#: Registers something to do with a call on the desk, given its number.
add_call_action = _call_actions.add


def panels_of(viewer: Viewer, note: Note) -> list[Markup]:
    """The panels of one note, in the order in which they were registered."""
    found = (panel(viewer, note) for panel in _panels)
    return [Markup(html) for html in found if html]  # noqa: S704 - our own templates escape


def init_app(app: Flask) -> None:
    """Attach the template globals `note_actions(note_id)`, `call_actions(call_id)` and
    `call_panels(call)`.
    """
    app.jinja_env.globals["call_panels"] = _panels_of_call
    app.jinja_env.globals["note_actions"] = _actions(_note_actions)
    app.jinja_env.globals["call_actions"] = _actions(_call_actions)


def _panels_of_call(call: Call) -> list[Markup]:
    found = (panel(current_viewer(), call) for panel in _call_panels)
    return [Markup(html) for html in found if html]  # noqa: S704 - our own templates escape


def _actions(
    registered: Registry[Callable[[Viewer, int], Action | None]],
) -> Callable[[int], list[Action]]:
    def found(number: int) -> list[Action]:
        viewer = current_viewer()
        offered = (action(viewer, number) for action in registered)
        return [action for action in offered if action is not None]

    return found
