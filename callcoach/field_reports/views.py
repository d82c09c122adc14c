"""The week of a campaign, what is kept of it, and the letter to the sponsor."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import escape

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.campaigns.models import Campaign
from callcoach.errors import CallCoachError, InvalidInput, NotFound
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.field_reports import (
    debrief_views,
    letters,
    offers,
    operations,
    presenters,
    queries,
)
from callcoach.field_reports.blueprint import bp
from callcoach.field_reports.letters import Letter, Point
from callcoach.field_reports.models import KeptFinding, Signal, SponsorLetter, Watched
from callcoach.web.errors import explain
from callcoach.web.gate import lock_late
from callcoach.web.papers import compile_paper
from callcoach.web.toasts import notify

__all__ = ["bp", "debrief_views", "offers"]

#: Weeks that one can leaf back.
_OLDEST_WEEKS = 104


@bp.get("/campaigns/<int:campaign_id>/field-report")
def show_week(campaign_id: int) -> ResponseReturnValue:
    """What prospects said in a week (``?week=2026-11-16``, any day of it) against the four before."""
    viewer = current_viewer()
    campaign = queries.get_reported(viewer, campaign_id)
    return _week_page(viewer, campaign, _week())


@bp.get("/campaigns/<int:campaign_id>/field-report/in-short")
def week_in_short(campaign_id: int) -> ResponseReturnValue:
    """A week in one sentence, for the home page."""
    viewer = current_viewer()
    campaign = queries.get_reported(viewer, campaign_id)
    return str(escape(presenters.in_short(queries.report(viewer, campaign, _week()))))


@bp.post("/campaigns/<int:campaign_id>/field-report/keep")
@lock_late
def keep_finding(campaign_id: int) -> ResponseReturnValue:
    """Keep a finding for a use (``signal``, ``key``, ``used_for``, ``remark``)."""
    viewer = current_viewer()
    campaign = queries.get_reported(viewer, campaign_id)
    week = _week()
    values = request.values
    finding = next(
        (
            found
            for found in queries.report(viewer, campaign, week).findings
            if (found.subject.signal, found.subject.key)
            == (values.get("signal", ""), values.get("key", ""))
        ),
        None,
    )
    if finding is None:
        raise NotFound("Nobody said this in that week.")
    db.session.rollback()  # what was said is read; writing begins only now
    with write_transaction():
        kept = operations.keep(
            viewer,
            queries.get_reported(viewer, campaign_id),
            week,
            finding,
            used_for=values.get("used_for", ""),
            remark=values.get("remark", ""),
        )
        kept_id = kept.id
        db.session.commit()
    notify(
        _("Kept."),
        undo=url_for(
            "field_reports.drop_finding", campaign_id=campaign_id, kept_id=kept_id, week=week
        ),
    )
    return _to(campaign_id, week)


@bp.post("/campaigns/<int:campaign_id>/field-report/kept/<int:kept_id>/drop")
def drop_finding(campaign_id: int, kept_id: int) -> ResponseReturnValue:
    """No longer keep it."""
    viewer = current_viewer()
    campaign = queries.get_reported(viewer, campaign_id)
    kept = db.session.get(KeptFinding, kept_id)
    if kept is None or kept.campaign_id != campaign.id:
        raise NotFound("There is no such finding.")
    week = kept.week
    again = url_for(
        "field_reports.keep_finding",
        campaign_id=campaign_id,
        week=week,
        signal=kept.signal,
        key=kept.label,
        used_for=kept.used_for,
        remark=kept.remark or None,
    )
    operations.drop(viewer, campaign, kept)
    db.session.commit()
    notify(_("No longer kept."), undo=again)
    return _to(campaign_id, week)


@bp.post("/campaigns/<int:campaign_id>/field-report/watch")
def watch_term(campaign_id: int) -> ResponseReturnValue:
    """Listen for a name or a subject (``signal``, ``label``, ``spellings`` one a line)."""
    viewer = current_viewer()
    campaign = queries.get_reported(viewer, campaign_id)
    form = request.form
    try:
        row = operations.watch(
            viewer,
            campaign,
            form.get("signal", ""),
            form.get("label", ""),
            form.get("spellings", "").splitlines(),
        )
    except CallCoachError as error:
        db.session.rollback()
        campaign = queries.get_reported(viewer, campaign_id)
        return _week_page(viewer, campaign, _week(), error=explain(error)), error.status
    watched_id = row.id
    db.session.commit()
    notify(
        _("Listened for, in past calls too."),
        undo=url_for("field_reports.unwatch_term", campaign_id=campaign_id, watched_id=watched_id),
    )
    return _to(campaign_id, _week(), anchor="watched")


@bp.post("/campaigns/<int:campaign_id>/field-report/watched/<int:watched_id>/remove")
def unwatch_term(campaign_id: int, watched_id: int) -> ResponseReturnValue:
    """Listen for it no longer."""
    viewer = current_viewer()
    operations.unwatch(viewer, _watched(viewer, campaign_id, watched_id))
    db.session.commit()
    notify(
        _("No longer listened for."),
        undo=url_for("field_reports.rewatch_term", campaign_id=campaign_id, watched_id=watched_id),
    )
    return _to(campaign_id, _week(), anchor="watched")


@bp.post("/campaigns/<int:campaign_id>/field-report/watched/<int:watched_id>/restore")
def rewatch_term(campaign_id: int, watched_id: int) -> ResponseReturnValue:
    """Listen for it again."""
    viewer = current_viewer()
    operations.watch_again(viewer, _watched(viewer, campaign_id, watched_id))
    db.session.commit()
    notify(_("Listened for again."))
    return _to(campaign_id, _week(), anchor="watched")


@bp.get("/campaigns/<int:campaign_id>/field-report/letter")
def write_letter(campaign_id: int) -> ResponseReturnValue:
    """The letter of a week: its form, or what was sent."""
    viewer = current_viewer()
    campaign = queries.get_reported(viewer, campaign_id)
    week = _week()
    row = queries.letter_of(campaign.id, week)
    if row is not None and row.sent_at is not None:
        return redirect(url_for("field_reports.show_letter", letter_id=row.id))
    return _letter_page(viewer, campaign, week, row, None)


@bp.post("/campaigns/<int:campaign_id>/field-report/letter")
def save_letter(campaign_id: int) -> ResponseReturnValue:
    """Keep the draft; with ``send``, send it."""
    viewer = current_viewer()
    campaign = queries.get_reported(viewer, campaign_id)
    week = _week()
    typed = _typed()
    try:
        row = letters.save(
            viewer, campaign, week, typed, based_on=request.form.get("based_on", 0, type=int)
        )
        if request.form.get("send"):
            letters.send(viewer, row, url_for("field_reports.show_letter", letter_id=row.id))
    except CallCoachError as error:
        db.session.rollback()
        campaign = queries.get_reported(viewer, campaign_id)
        row_now = queries.letter_of(campaign.id, week)
        page = _letter_page(viewer, campaign, week, row_now, typed, error=explain(error))
        return page, error.status
    letter_id, is_sent = row.id, row.sent_at is not None
    db.session.commit()
    if is_sent:
        notify(_("Sent. The sponsor is told."))
        return redirect(url_for("field_reports.show_letter", letter_id=letter_id))
    notify(_("Saved."))
    return redirect(url_for("field_reports.write_letter", campaign_id=campaign_id, week=week))


@bp.get("/field-letters")
def list_letters() -> ResponseReturnValue:
    """The letters that a sponsor's person was sent."""
    viewer = current_viewer()
    if viewer.role is not Role.SPONSOR:
        raise NotFound("There is no such page.")
    rows = [(row, presenters.week_title(row.week)) for row in queries.sent_letters(viewer)]
    return render_template("field_reports/letters.html", rows=rows)


@bp.get("/field-letters/<int:letter_id>")
def show_letter(letter_id: int) -> ResponseReturnValue:
    """One letter, as the sponsor reads it."""
    viewer = current_viewer()
    row = queries.get_letter(viewer, letter_id)
    return render_template(
        "field_reports/letter_read.html",
        row=row,
        letter=Letter.from_dict(row.content),
        title=presenters.week_title(row.week),
        is_sponsor=viewer.role is Role.SPONSOR,
    )


@bp.get("/field-letters/<int:letter_id>.pdf")
def letter_pdf(letter_id: int) -> ResponseReturnValue:
    """The letter as a page to print; a draft too, for whoever writes it."""
    row = queries.get_letter(current_viewer(), letter_id)
    with force_locale(row.campaign.language):
        pdf = compile_paper("letter", presenters.paper(row), made_at=row.updated_at)
    name = f"retours-terrain-{row.week.isoformat()}.pdf"
    return Response(
        pdf,
        mimetype="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def _week() -> date:
    """The Monday asked for; the current week otherwise. Never one to come or before people called.

    Raises:
        InvalidInput: ``week`` is no day.
    """
    newest = queries.this_week(utc_now())
    text = request.values.get("week", "")
    if not text:
        return newest
    try:
        asked = queries.monday_of(date.fromisoformat(text))
    except (ValueError, OverflowError):
        raise InvalidInput("Choose a day, such as 2026-11-16.") from None
    return min(max(asked, newest - timedelta(weeks=_OLDEST_WEEKS)), newest)


def _week_page(viewer: Viewer, campaign: Campaign, week: date, *, error: str = "") -> str:
    report = queries.report(viewer, campaign, week)
    kept = queries.kept_of(campaign.id, week)
    newest = queries.this_week(utc_now())
    return render_template(
        "field_reports/week.html",
        campaign=campaign,
        report=report,
        title=presenters.week_title(week),
        groups=presenters.groups(campaign, report, kept),
        kept=presenters.kept_rows(kept),
        letter=queries.letter_of(campaign.id, week),
        watched=[(row, _(presenters.SIGNALS[Signal(row.signal)])) for row in _rows(campaign)],
        signals=[(signal.value, _(name)) for signal, name in presenters.SIGNALS.items()],
        earlier=week - timedelta(weeks=1),
        later=week + timedelta(weeks=1) if week < newest else None,
        is_running=week == newest,
        error=error,
        typed=request.form if error else {},
    )


def _rows(campaign: Campaign) -> list[Watched]:
    return queries.watched_of(campaign.id)


def _letter_page(
    viewer: Viewer,
    campaign: Campaign,
    week: date,
    row: SponsorLetter | None,
    typed: Letter | None,
    *,
    error: str = "",
) -> str:
    written = typed or (Letter.from_dict(row.content) if row else None)
    with force_locale(campaign.language):  # the sponsor's, whoever writes
        points = _points(viewer, campaign, week, written)
    return render_template(
        "field_reports/letter.html",
        campaign=campaign,
        week=week,
        title=presenters.week_title(week),
        row=row,
        intro=written.intro if written else "",
        closing=written.closing if written else "",
        points=points,
        limits=letters,
        error=error,
        seats=len(campaign.sponsor.seats),
    )


def _points(
    viewer: Viewer, campaign: Campaign, week: date, written: Letter | None
) -> list[tuple[Point, list[tuple[str, bool]]]]:
    """What may stand in the letter: each with quotes to release, and whether they are."""
    report = queries.report(viewer, campaign, week)
    by_subject = {(f.subject.signal, f.subject.key): f for f in report.findings}
    labels = presenters.struck_labels()
    known = {point.subject: point for point in written.points} if written else {}
    found: list[tuple[Point, list[tuple[str, bool]]]] = []
    for item in letters.for_letter(queries.kept_of(campaign.id, week)):
        subject = f"{item.signal}:{item.label}"
        finding = by_subject.get((Signal(item.signal), item.label))
        proposed = letters.struck_quotes(campaign, finding, labels) if finding else []
        said = " ".join(part for part in (f"{presenters.counts_said(item)}.", item.remark) if part)
        point = known.pop(subject, None) or Point(
            presenters.subject_label(item.signal, item.label),
            said[: letters.MAX_TEXT],
            subject=subject,
        )
        others = [quote for quote in proposed if quote not in point.quotes]
        quotes = [(quote, True) for quote in point.quotes] + [(quote, False) for quote in others]
        found.append((point, quotes))
    # A point whose finding is no longer kept stays with whoever wrote it
    found += [(point, [(quote, True) for quote in point.quotes]) for point in known.values()]
    return found


def _typed() -> Letter:
    form = request.form
    points = []
    for number in range(min(form.get("points", 0, type=int), 4 * letters.MAX_POINTS)):
        quotes = [
            quote.strip()
            for at, quote in enumerate(form.getlist(f"quote-{number}"))
            if form.get(f"release-{number}-{at}") and quote.strip()
        ]
        heading = form.get(f"heading-{number}", "").strip()
        if heading:
            points.append(
                Point(
                    heading,
                    form.get(f"text-{number}", "").strip(),
                    tuple(quotes),
                    form.get(f"subject-{number}", "")[:120],
                    bool(form.get(f"leave-{number}")),
                )
            )
    return Letter(form.get("intro", "").strip(), tuple(points), form.get("closing", "").strip())


def _watched(viewer: Viewer, campaign_id: int, watched_id: int) -> Watched:
    campaign = queries.get_reported(viewer, campaign_id)
    row = db.session.get(Watched, watched_id)
    if row is None or row.campaign_id != campaign.id:
        raise NotFound("There is no such subject.")
    return row


def _to(campaign_id: int, week: date, *, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(
        url_for("field_reports.show_week", campaign_id=campaign_id, week=week, _anchor=anchor)
    )
