"""What an action on the review desk answers a script with, so that the page changes in place.

Every action of the desk (a verdict, a note, the undoing of either) gives the same shape, and
``js/call/changes.js`` applies it:

- ``message``: a toast; "" shows none. ``announce``: read out by screen readers instead.
- ``undo``: address that takes a POST and puts things back, or null.
- ``chosen``: number of the moment that is current when the page has to be loaded anew, or null.
- ``cards``: HTML of the cards that changed, by moment key (``p12``, ``v7``).
- ``counts``, ``judged``, ``loose_notes``, ``request_list``: HTML of these parts of the page.
- ``moments``, ``notes``, ``requests``: everything that the overlay draws, as in the page's data;
  ``held_back``: flags that it does not draw, and that can be judged all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import render_template

from callcoach.accounts.access import Viewer
from callcoach.calls import call_presenters
from callcoach.calls.judging import Stretch
from callcoach.calls.models import Call
from callcoach.coaching.desk_presenters import Disagreement, desk_parts, reason_labels, verdict_text
from callcoach.coaching.request_panel import request_panel


def desk_change(
    viewer: Viewer,
    call: Call,
    *,
    message: str = "",
    announce: str = "",
    undo: str | None = None,
    near: Iterable[Stretch] | None = None,
    disagreement: Disagreement | None = None,
    chosen: int | None = None,
) -> dict[str, Any]:
    """The desk after a change, for `viewer`; call it after the commit.

    Args:
        near: what was changed (flags, verdicts, notes, or moments they were on before); the cards
            that share time with it are drawn again. None draws all.
        disagreement: shown on the card it is about.
        chosen: id of a verdict whose moment the page opens with when it is loaded anew.
    """
    parts = desk_parts(viewer, call)
    panel = request_panel(viewer, call)
    changed = parts.moments if near is None else parts.near(near)
    return {
        "message": message,
        "announce": announce,
        "undo": undo,
        "cards": {
            moment.key: render_template(
                "coaching/_moment.html",
                moment=moment,
                parts=parts,
                call=call,
                can=parts.can,
                verdict_text=verdict_text,
                disagreement=disagreement,
                reasons=reason_labels(),
            )
            for moment in changed
        },
        "chosen": next(
            (moment.number for moment in parts.moments if moment.verdict_id == chosen), None
        ),
        "counts": render_template("coaching/_counts.html", parts=parts),
        "judged": render_template("coaching/_judged.html", parts=parts),
        "loose_notes": render_template(
            "coaching/_loose_notes.html", parts=parts, call=call, can=parts.can
        ),
        "moments": call_presenters.moment_marks(parts.moments),
        "held_back": call_presenters.moment_marks(parts.held_back),
        "notes": [dict(mark) for mark in parts.notes.marks],
        "request_list": render_template(
            "coaching/_request_list.html", request_panel=panel, call=call
        ),
        "requests": panel.marks(),
    }
