"""The ledger of a campaign: how far each kind of flag can be trusted, and what people make of it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.analysis.model import Valence
from callcoach.calls.queries.reanalysis import reanalysis_progress
from callcoach.campaigns.models import Campaign
from callcoach.errors import CallCoachError, InvalidInput, NotFound
from callcoach.extensions import db
from callcoach.learning import ledger_operations, ledger_queries
from callcoach.learning.blueprint import bp
from callcoach.learning.check_queries import is_checker
from callcoach.learning.checks import agreement, recall
from callcoach.learning.ledger_log import change_views
from callcoach.learning.ledger_presenters import (
    SORTS,
    preview_view,
    proposal_text,
    row_view,
    standing_label,
)
from callcoach.learning.ledger_queries import LedgerRow
from callcoach.learning.operations import propose_floor
from callcoach.learning.tuning_views import take_back, tuned
from callcoach.tuning.models import Standing
from callcoach.tuning.queries import PER_PAGE, changes_of
from callcoach.web.errors import explain
from callcoach.web.paging import Page
from callcoach.web.toasts import notify

_DEFAULT_SORT = "-verdicts"


@bp.get("/campaigns/<int:campaign_id>/reliability")
def ledger(campaign_id: int) -> ResponseReturnValue:
    """Every kind of flag with what the verdicts say of it; the log below."""
    viewer, campaign = tuned(campaign_id)
    sort = _sort()
    valence = _one_of(request.args.get("valence"), [item.value for item in Valence])
    standing = _one_of(request.args.get("standing"), [item.value for item in Standing])
    rows = ledger_queries.ledger(campaign)
    seen = [row for row in rows if row.is_seen]
    shown = [
        row for row in seen if valence in ("", row.valence) and standing in ("", row.standing.value)
    ]
    shown.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    changes = changes_of(campaign, request.args.get("page", 1, type=int))
    return render_template(
        "learning/ledger.html",
        campaign=campaign,
        rows=[row_view(row) for row in shown],
        unseen=[row_view(row) for row in rows if not row.is_seen],
        has_rows=bool(seen),
        has_verdicts=any(row.reliability.total for row in seen),
        sort=sort,
        valence=valence,
        standing=standing,
        standings=[(item.value, standing_label(item)) for item in Standing],
        recall=recall(viewer, campaign_id),
        agreement=agreement(viewer, campaign_id),
        can_check=is_checker(viewer),
        reanalysis=reanalysis_progress(viewer, campaign_id),
        changes=change_views(viewer, changes.items),
        page=Page(changes.items, changes.number, changes.total, PER_PAGE),
    )


@bp.get("/campaigns/<int:campaign_id>/reliability/<detector>/<cause>")
def ledger_kind(campaign_id: int, detector: str, cause: str) -> ResponseReturnValue:
    """One kind of flag: its figures, its standing, and a floor tried on past calls (``?floor=``)."""
    viewer, campaign = tuned(campaign_id)
    row = _row(campaign, detector, cause)
    proposal = propose_floor(campaign, detector, cause) if row.standing is Standing.KEPT else None
    tried = request.args.get("floor", type=float)
    tried = round(tried, 2) if tried is not None and 0 <= tried <= 1 else None
    preview = (
        preview_view(ledger_queries.preview_floor(campaign, row, tried))
        if tried is not None
        else None
    )
    return render_template(
        "learning/ledger_kind.html",
        campaign=campaign,
        row=row_view(row),
        proposal=proposal,
        proposal_text=proposal_text(proposal),
        tried=tried,
        is_new=tried is not None and abs(tried - row.floor) > 1e-6,
        preview=preview,
        changes=change_views(viewer, ledger_queries.changes_of_kind(campaign, row)),
    )


@bp.post("/campaigns/<int:campaign_id>/reliability/<detector>/<cause>/standing")
def decide_standing(campaign_id: int, detector: str, cause: str) -> ResponseReturnValue:
    """Retire a kind of flag, keep it, or leave it to the figures."""
    viewer, campaign = tuned(campaign_id)
    row = _row(campaign, detector, cause)
    try:
        change = ledger_operations.decide_standing(
            viewer,
            campaign,
            row.detector,
            row.cause.value,
            request.form.get("choice", ""),
            seen=request.form.get("seen", ""),
        )
    except CallCoachError as error:
        return _refused(campaign_id, row, error)
    stands = standing_label(change.after.get("standing", Standing.ACTIVE))
    undo = url_for("learning.undo_tuning", campaign_id=campaign_id, change_id=change.id)
    label = row_view(row).label
    db.session.commit()
    notify(_("%(kind)s: now %(standing)s.", kind=label.capitalize(), standing=stands), undo=undo)
    return redirect(_back(campaign_id, row))


@bp.post("/campaigns/<int:campaign_id>/reliability/<detector>/<cause>/floor")
def decide_floor(campaign_id: int, detector: str, cause: str) -> ResponseReturnValue:
    """Set from which confidence on a kind of flag is shown."""
    viewer, campaign = tuned(campaign_id)
    row = _row(campaign, detector, cause)
    try:
        change = ledger_operations.decide_floor(
            viewer, campaign, row.detector, row.cause.value, _number("floor"), seen=_number("seen")
        )
    except CallCoachError as error:
        return _refused(campaign_id, row, error)
    undo = url_for("learning.undo_tuning", campaign_id=campaign_id, change_id=change.id)
    db.session.commit()
    notify(_("The floor is set."), undo=undo)
    return redirect(_kind_url(campaign_id, row))


@bp.post("/campaigns/<int:campaign_id>/reliability/changes/<int:change_id>/undo")
def undo_tuning(campaign_id: int, change_id: int) -> ResponseReturnValue:
    """Take a change of the campaign's engine back; that can be taken back too."""
    back = url_for("learning.ledger", campaign_id=campaign_id, _anchor="log")
    return take_back(campaign_id, change_id, endpoint="learning.undo_tuning", back=back)


def _row(campaign: Campaign, detector: str, cause: str) -> LedgerRow:
    row = ledger_queries.ledger_row(campaign, detector, cause)
    if row is None:
        raise NotFound("There is no such kind of flag in this campaign.")
    return row


def _refused(campaign_id: int, row: LedgerRow, error: CallCoachError) -> ResponseReturnValue:
    db.session.rollback()
    flash(explain(error), "error")
    return redirect(_kind_url(campaign_id, row))


def _kind_url(campaign_id: int, row: LedgerRow) -> str:
    return url_for(
        "learning.ledger_kind",
        campaign_id=campaign_id,
        detector=row.detector,
        cause=row.cause.value,
    )


def _back(campaign_id: int, row: LedgerRow) -> str:
    """Where the decision was taken: the ledger as it was sorted and filtered, or the kind's page."""
    if request.form.get("from") != "ledger":
        return _kind_url(campaign_id, row)
    kept: dict[str, Any] = {
        name: value for name in ("sort", "valence", "standing") if (value := request.form.get(name))
    }
    return url_for("learning.ledger", campaign_id=campaign_id, **kept)


def _sort() -> str:
    sort = request.args.get("sort", _DEFAULT_SORT)
    return sort if sort.removeprefix("-") in SORTS else _DEFAULT_SORT


def _one_of(value: str | None, known: list[str]) -> str:
    return value if value in known else ""


def _number(name: str) -> float:
    """A number of the form; a comma is one too.

    Raises:
        InvalidInput: it is none.
    """
    try:
        return float(request.form.get(name, "").replace(",", "."))
    except ValueError:
        raise InvalidInput("Give a value from %(low)s to %(high)s.", low=0, high=1) from None
