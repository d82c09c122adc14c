"""The listening feed: one moment at a time, claimed so that nobody hears one twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer, can_import_calls
from callcoach.accounts.session import current_viewer
from callcoach.calls import queries as calls
from callcoach.calls.models import CallState, Decision
from callcoach.coaching.blueprint import bp
from callcoach.coaching.desk_presenters import reason_labels
from callcoach.coaching.feed_presenters import feed_item, item_data
from callcoach.coaching.models import FeedClaim, FeedOutcome, Note, RequestAnswer
from callcoach.coaching.operations import feed as operations
from callcoach.coaching.queries import feed as queries
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db

#: Seconds that one moment takes, listening and judging: what the remaining time is told from.
SECONDS_A_MOMENT = 40


@bp.get("/feed")
def feed() -> ResponseReturnValue:
    """The page: what waits, and the start of a run. Nothing is claimed before that."""
    viewer = current_viewer()
    queries.require_feed(viewer)
    filters = _filters()
    count = queries.count_waiting(viewer, filters)
    return render_template(
        "coaching/feed.html",
        count=count,
        run=min(count.total, queries.FEED_RUN),
        minutes=-(-min(count.total, queries.FEED_RUN) * SECONDS_A_MOMENT // 60),
        filters=filters,
        choices=calls.filter_choices(viewer),
        running=0 if count.total else _running(viewer),
        can_import=can_import_calls(viewer),
        reasons=reason_labels(),
        settings={
            "run": queries.FEED_RUN,
            "waiting": count.total,
            "secondsEach": SECONDS_A_MOMENT,
            "query": {name: value for name, value in _address(filters).items() if value},
            "claimUrl": url_for("coaching.claim_feed"),
            "renewUrl": url_for("coaching.renew_feed"),
            "releaseUrl": url_for("coaching.release_feed"),
            "keepMs": round(operations.KEPT_LEASE.total_seconds() * 1000),
        },
    )


@bp.post("/feed/claims")
def claim_feed() -> ResponseReturnValue:
    """Take the next moments: ``count`` of them, as the page holds the next one ready."""
    viewer = current_viewer()
    filters = _filters()
    claims = operations.claim_next(viewer, filters, _count())
    items = [_item(viewer, claim) for claim in claims]
    waiting = queries.count_waiting(viewer, filters).total
    db.session.commit()
    return jsonify(items=items, waiting=waiting)


@bp.post("/feed/claims/renew")
def renew_feed() -> ResponseReturnValue:
    """Keep claims (``ids``); with ``keep`` for as long as one looks at a whole call."""
    viewer = current_viewer()
    queries.require_feed(viewer)
    lease = operations.KEPT_LEASE if request.form.get("keep") else operations.LEASE
    held = operations.renew(viewer, _ids(), lease=lease)
    db.session.commit()
    return jsonify(held=held)


@bp.post("/feed/claims/release")
def release_feed() -> ResponseReturnValue:
    """Let go of claims (``ids``); sent while the page is closed."""
    viewer = current_viewer()
    queries.require_feed(viewer)
    operations.release(viewer, _ids())
    db.session.commit()
    return "", 204


@bp.post("/feed/claims/<int:claim_id>/finish")
def finish_feed(claim_id: int) -> ResponseReturnValue:
    """Say what became of a moment: ``outcome``; with ``text`` for the agent who asked, with
    ``note`` for a note that was sent.
    """
    viewer = current_viewer()
    claim = queries.get_claim(viewer, claim_id)
    told = _finish(viewer, claim)
    db.session.commit()
    return jsonify(outcome=str(claim.outcome), conflict=told)


@bp.post("/feed/claims/<int:claim_id>/undo")
def undo_feed(claim_id: int) -> ResponseReturnValue:
    """Take back what became of a moment; it is the viewer's to judge again."""
    viewer = current_viewer()
    claim = queries.get_claim(viewer, claim_id)
    operations.reopen(viewer, claim)
    item = _item(viewer, claim)
    db.session.commit()
    return jsonify(items=[item])


@bp.post("/feed/claims/<int:claim_id>/reason")
def explain_feed(claim_id: int) -> ResponseReturnValue:
    """Say why the moment was rejected (``reason``); undoing takes it back with the verdict."""
    viewer = current_viewer()
    claim = queries.get_claim(viewer, claim_id)
    operations.say_why(viewer, claim, request.form.get("reason", ""))
    db.session.commit()
    return "", 204


def _finish(viewer: Viewer, claim: FeedClaim) -> str:
    """Do what the form says; returns what to tell when somebody else was first, else ""."""
    wanted = request.form.get("outcome", "")
    if wanted == FeedOutcome.PASSED:
        operations.finish(viewer, claim, FeedOutcome.PASSED)
    elif wanted == FeedOutcome.NOTED:
        note = db.session.get(Note, _number(request.form.get("note")) or 0)
        if note is None:
            raise NotFound("There is no such note.")
        operations.note_claim(viewer, claim, note)
    elif claim.request_id is not None:
        answer = {
            FeedOutcome.CONFIRMED.value: RequestAnswer.TURNS_HERE,
            FeedOutcome.REJECTED.value: RequestAnswer.NOT_HERE,
            FeedOutcome.ANSWERED.value: RequestAnswer.LISTENED,
        }.get(wanted)
        if answer is None:
            raise InvalidInput("There is no such answer.")
        text = request.form.get("text", "")
        if operations.answer_claim(viewer, claim, answer, text=text) is None:
            return str(_("A colleague has answered this request in between."))
    else:
        judged = operations.judge_claim(viewer, claim, wanted)
        if judged.is_theirs:
            return _told(judged)
    return ""


def _told(judged: operations.Judged) -> str:
    author = judged.verdict.author.name if judged.verdict.author else _("A colleague")
    if judged.verdict.decision == Decision.CONFIRMED:
        return str(_("%(name)s confirmed this moment in between.", name=author))
    return str(_("%(name)s rejected this moment in between.", name=author))


def _item(viewer: Viewer, claim: FeedClaim) -> dict[str, object]:
    """A claim as the page takes it: its words as HTML, and what is played."""
    call = calls.get_call(viewer, claim.call_id)
    turns = calls.turns_of(call)
    item = feed_item(claim, call, turns)
    peaks = call.recording.peaks if call.recording is not None else None
    return {
        **item_data(item, call, turns),
        "html": render_template("coaching/_feed_moment.html", item=item),
        "audioUrl": url_for("calls.audio", call_id=call.id),
        "peaksUrl": url_for("calls.peaks", call_id=call.id, version=peaks.sha256[:16])
        if peaks is not None
        else "",
        "deskUrl": url_for("coaching.desk", call_id=call.id, t=f"{item.play_from_ms / 1000:g}"),
        "noteUrl": url_for(
            "coaching.new_note",
            call_id=call.id,
            point=item.point_id or None,
            request=item.request_id or None,
        ),
        "finishUrl": url_for("coaching.finish_feed", claim_id=claim.id),
        "undoUrl": url_for("coaching.undo_feed", claim_id=claim.id),
        "reasonUrl": url_for("coaching.explain_feed", claim_id=claim.id),
    }


def _running(viewer: Viewer) -> int:
    """How many calls are being processed."""
    states = (CallState.QUEUED, CallState.DECODING, CallState.TRANSCRIBING, CallState.ANALYSING)
    filters = (calls.CallFilters(state=state) for state in states)
    return sum(calls.list_calls(viewer, each, per_page=1).total for each in filters)


def _filters() -> queries.FeedFilters:
    """From the address; what cannot be read counts as not set."""
    return queries.FeedFilters(
        team_id=_number(request.args.get("team")), campaign_id=_number(request.args.get("campaign"))
    )


def _address(filters: queries.FeedFilters) -> Mapping[str, int | None]:
    values = asdict(filters)
    return {"team": values["team_id"], "campaign": values["campaign_id"]}


def _ids() -> list[int]:
    numbers = (_number(value) for value in request.form.getlist("ids")[:20])
    return [number for number in numbers if number is not None]


def _count() -> int:
    return _number(request.form.get("count")) or 1


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isdecimal() and len(value) < 10 else None
