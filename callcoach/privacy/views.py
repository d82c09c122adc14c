"""Every page of this room: importing this module registers them.

A call's original words and sound are shown here to those who supervise its campaign, and to nobody
else; what outsiders get is served elsewhere, from what was released.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls import presenters as calls_presenters
from callcoach.calls import queries as calls
from callcoach.calls import views as calls_views
from callcoach.calls.call_presenters import speaker_names
from callcoach.calls.mapping import ShownTurn
from callcoach.calls.media_views import play
from callcoach.calls.models import Call
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db
from callcoach.jobs.queries import find_job
from callcoach.privacy import (
    home,  # noqa: F401 - its part of the home page
    operations,
    page_presenters,
    queries,
    sounds,
)
from callcoach.privacy.blueprint import bp
from callcoach.privacy.labels import CHOICES, kind_label
from callcoach.privacy.models import Redaction
from callcoach.privacy.queue import Waiting, has_queue, waiting_for
from callcoach.privacy.subjects import SOUND, redaction_subject
from callcoach.web.toasts import notify


@bp.get("/redactions")
def list_redactions() -> ResponseReturnValue:
    """Calls that wait for a person to release their redaction, and those released lately."""
    viewer = _require_supervisor()
    return render_template(
        "privacy/queue.html",
        rows=waiting_for(viewer),
        released=queries.lately_released(viewer),
    )


@bp.get("/calls/<int:call_id>/redaction")
def show_redaction(call_id: int) -> ResponseReturnValue:
    """What is struck out of a call; rules propose, nothing is stored by looking at it."""
    viewer = current_viewer()
    call = queries.get_call_to_redact(viewer, call_id)
    shown = _read(call)
    people = queries.sponsor_people(call.campaign.sponsor_id)
    html = render_template(
        "privacy/redaction.html",
        call=call,
        heading=calls_presenters.heading(call),
        shown=shown,
        data=_data(call, shown),
        choices=[(kind, kind_label(kind)) for kind in CHOICES],
        has_sound=_has_sound(call),
        sound=_sound_facts(viewer, shown.redaction),
        sponsor=call.campaign.sponsor.name,
        people=people,
        why=[item.why for item in waiting_for(viewer) if item.call_id == call.id],
        next_id=_next_id(viewer, call.id),
    )
    calls_views.log_read(viewer, call, "redaction.opened")
    return html


@bp.put("/calls/<int:call_id>/redaction/spans")
def change_redaction(call_id: int) -> ResponseReturnValue:
    """Strike, put back, or undo either: ``drop``, ``add`` and ``based_on`` in JSON. Answers with the
    words as they are shown now, and with what undoes it.
    """
    viewer = current_viewer()
    call = queries.get_call_to_redact(viewer, call_id)
    said = _json()
    _redaction, came, gone = operations.change(
        viewer,
        call,
        drop=_items(said, "drop"),
        add=_items(said, "add"),
        based_on=_version(said.get("based_on")),
    )
    db.session.commit()
    shown = _read(call)
    html = render_template("privacy/_words.html", shown=shown, lang=call.language)
    return jsonify(
        html=html,
        left=render_template("privacy/_counts.html", shown=shown),
        data=_data(call, shown),
        undo={
            "drop": [strike.to_dict() for strike in came],
            "add": [strike.to_dict() for strike in gone],
        },
    )


@bp.post("/calls/<int:call_id>/redaction/release")
def release(call_id: int) -> ResponseReturnValue:
    """Release what was shown (``number``, ``version``, ``digest``), and go on to the next that waits."""
    viewer = current_viewer()
    call = queries.get_call_to_redact(viewer, call_id)
    based_on = _version([request.form.get(name) for name in ("number", "version", "digest")])
    operations.release_call(viewer, call, based_on=based_on)
    next_id = _next_id(viewer, call.id)
    db.session.commit()
    notify(
        _("Released: %(call)s.", call=calls_presenters.heading(call)),
        undo=url_for("privacy.withdraw", call_id=call.id),
    )
    return redirect(url_for("privacy.show_redaction", call_id=next_id or call.id))


@bp.post("/calls/<int:call_id>/redaction/withdraw")
def withdraw(call_id: int) -> ResponseReturnValue:
    """Take the release back, at once; also undoes a release."""
    viewer = current_viewer()
    call = queries.get_call_to_redact(viewer, call_id)
    newest = queries.newest_of(call.id)
    if newest is None:
        raise NotFound("This call has no redaction.")
    operations.withdraw(viewer, newest)
    db.session.commit()
    notify(_("Withdrawn: nothing of this call is shown to the sponsor any more."))
    return redirect(url_for("privacy.show_redaction", call_id=call.id))


@bp.get("/calls/<int:call_id>/redaction/sound")
def sound_state(call_id: int) -> ResponseReturnValue:
    """How far the redacted sound is; asked again by the page until it is there."""
    viewer = current_viewer()
    call = queries.get_call_to_redact(viewer, call_id)
    redaction = queries.released_for(call)
    if redaction is None:
        raise NotFound("This call is not released.")
    return render_template("privacy/_sound.html", call=call, sound=_sound_facts(viewer, redaction))


@bp.get("/calls/<int:call_id>/redaction/sound/<any(voice, text):variant>")
def redacted_sound(call_id: int, variant: str) -> ResponseReturnValue:
    """The released call as an outsider hears it, for those who released it."""
    viewer = current_viewer()
    call = queries.get_call_to_redact(viewer, call_id)
    redaction = queries.released_for(call)
    file = sounds.whole(redaction, variant == "voice") if redaction is not None else None
    if file is None:
        raise NotFound("The redacted sound of this call is not there yet.")
    return play(viewer, file, "redaction.heard", "call", call_id)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A redaction as its page shows it.

    Args:
        state: ``new``, ``draft``, ``released``, ``withdrawn`` or ``outdated``: how the one before
            ended where this one is only proposed.
    """

    redaction: Redaction
    state: str
    turns: list[page_presenters.PageTurn]
    strikes: list[Any]
    counts: list[tuple[str, int]]

    @property
    def is_released(self) -> bool:
        return self.state == "released"

    @property
    def asked(self) -> int:
        return sum(not strike.is_sure and not strike.is_decided for strike in self.strikes)

    @property
    def struck(self) -> int:
        return sum(strike.is_struck for strike in self.strikes)


def _read(call: Call) -> _Shown:
    turns = calls.turns_of(call)
    newest = queries.newest_of(call.id)
    if newest is not None and operations.is_current(newest, call, turns):
        redaction = newest
        state = "released" if queries.is_released(newest) else "draft"
    else:
        redaction = operations.draft_of(call, turns, newest)
        state = _ended(newest)
    strikes = queries.strikes_of(redaction)
    return _Shown(
        redaction,
        state,
        page_presenters.page_turns(turns, strikes, _names(call, turns)),
        strikes,
        page_presenters.counts_of(strikes),
    )


def _ended(newest: Redaction | None) -> str:
    if newest is None:
        return "new"
    return "withdrawn" if newest.withdrawn_at is not None else "outdated"


def _names(call: Call, _turns: list[ShownTurn]) -> dict[str, str]:
    agent = call.agent.name if call.agent is not None else ""
    return dict(speaker_names(agent, call.prospect_name))


def _data(call: Call, shown: _Shown) -> dict[str, Any]:
    return page_presenters.page_data(
        operations.version_of(shown.redaction),
        shown.strikes,
        duration_ms=call.duration_ms,
        urls={"spans": url_for("privacy.change_redaction", call_id=call.id)},
        words={
            "struck": _("struck out"),
            "kept": _("not struck out"),
            "undone": _("Undone."),
            "nothing": _("Nothing to undo."),
            "choose": _("Choose some words first."),
            "failed": _("This could not be saved. Try again."),
            "of": _("of"),
            "broken": _("The sound cannot be played."),
        },
    )


def _has_sound(call: Call) -> bool:
    return call.recording is not None and call.recording.playback_id is not None


def _sound_facts(viewer: Viewer, redaction: Redaction) -> dict[str, Any]:
    """How far the sound of a released redaction is."""
    if redaction.id is None or not queries.is_released(redaction):
        return {"state": ""}
    if redaction.file_id is not None:
        return {"state": "ready", "text_only": redaction.text_only_file_id is not None}
    if not _has_sound(redaction.call):
        return {"state": "gone"}
    job = find_job(viewer, redaction_subject(redaction.id), SOUND)
    if job is not None and not job.is_live:
        return {"state": "failed"}
    return {"state": "writing", "share": job.progress if job is not None else None}


def _next_id(viewer: Viewer, call_id: int) -> int | None:
    """The call that waits next, after this one in the queue, or from its beginning."""
    waiting: list[Waiting] = waiting_for(viewer)
    ids = [item.call_id for item in waiting]
    after = ids[ids.index(call_id) + 1 :] if call_id in ids else []
    others = [other for other in (*after, *ids) if other != call_id]
    return others[0] if others else None


def _require_supervisor() -> Viewer:
    viewer = current_viewer()
    if not has_queue(viewer):
        raise NotFound("There is no such page.")
    return viewer


def _json() -> dict[str, Any]:
    found = request.get_json(force=True, silent=True)
    if not isinstance(found, dict):
        raise InvalidInput("Choose some words of one turn.")
    return found


def _items(said: dict[str, Any], name: str) -> list[dict[str, Any]]:
    items = said.get(name, [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise InvalidInput("Choose some words of one turn.")
    return items


def _version(value: Any) -> operations.Shown:
    try:
        number, version, digest = value
        return int(number), int(version), str(digest)
    except (TypeError, ValueError):
        raise InvalidInput("Load the page again: it does not say what it shows.") from None


__all__ = ["bp"]
