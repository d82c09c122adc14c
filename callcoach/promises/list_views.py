"""The promises of a campaign: what is in force, what waits and since when, and what each one was."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import to_utc

from callcoach.accounts.session import current_viewer
from callcoach.campaigns.models import Campaign
from callcoach.campaigns.queries import get_campaign
from callcoach.errors import InvalidInput
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.notices.operations import mark_subject_seen
from callcoach.promises import presenters, queries
from callcoach.promises.access import can_decide, can_propose, can_record, reads_proposals
from callcoach.promises.blueprint import bp
from callcoach.promises.forms import RecordForm
from callcoach.promises.operations import telling
from callcoach.script_library.models import ScriptVersion
from callcoach.script_library.queries import get_version as get_script_version
from callcoach.script_library.queries import script_of
from callcoach.web.requests import is_seen


@bp.get("/campaigns/<int:campaign_id>/promises")
def list_promises(campaign_id: int) -> ResponseReturnValue:
    """What is in force now, on a day or with a version of the script; what waits."""
    viewer = current_viewer()
    campaign = get_campaign(viewer, campaign_id)
    script = script_of(campaign)
    day = _day(request.args.get("on", ""))
    with_version = _script_version(campaign, request.args.get("script", type=int))
    if with_version is not None:
        shown = queries.with_script(with_version)
    else:
        shown = queries.in_force_at(campaign.id, _end_of(day) if day else utc_now())
    is_now = day is None and with_version is None
    waiting = queries.proposals(viewer, campaign) if is_now else []
    return render_template(
        "promises/list.html",
        campaign=campaign,
        groups=presenters.groups(shown),
        count=len(shown),
        day=day,
        script_version=with_version,
        is_now=is_now,
        waiting=[
            presenters.version_view(each, queries.in_force_of(each.promise), script=script)
            for each in waiting
        ],
        coming=[
            presenters.version_view(each, queries.in_force_of(each.promise))
            for each in (queries.coming(viewer, campaign) if is_now else [])
        ],
        turned_down=[
            presenters.version_view(each)
            for each in (queries.turned_down(viewer, campaign) if is_now else [])
        ],
        retired=queries.retired(campaign) if is_now else [],
        asked=[person.name for person in telling.asked(campaign)],
        proposed_ids={each.promise_id for each in waiting},
        can={
            "propose": can_propose(viewer, campaign),
            "decide": can_decide(viewer, campaign, script),
            "record": can_record(viewer),
            "proposals": reads_proposals(viewer, campaign),
        },
    )


@bp.get("/campaigns/<int:campaign_id>/promises/<int:promise_id>")
def show_promise(campaign_id: int, promise_id: int) -> ResponseReturnValue:
    """All that a promise said, version by version, with what differs."""
    return promise_page(campaign_id, promise_id)


def promise_page(
    campaign_id: int, promise_id: int, *, record_form: RecordForm | None = None, status: int = 200
) -> ResponseReturnValue:
    """The history of a promise.

    Args:
        record_form: what an administrator typed and was refused.
    """
    viewer = current_viewer()
    promise = queries.get_promise(viewer, campaign_id, promise_id)
    campaign = promise.campaign
    script = script_of(campaign)
    versions = queries.readable_versions(viewer, promise)
    subjects = [telling.subject_of(version) for version in versions]
    views = presenters.history(versions, script=script)
    page = render_template(
        "promises/promise.html",
        campaign=campaign,
        promise=promise,
        versions=views,
        current=next((view for view in views if view.is_in_force), None),
        proposal=next((view for view in views if view.is_proposed), None),
        asked=[person.name for person in telling.asked(campaign)],
        record_form=record_form or RecordForm(formdata=None),
        is_refused=record_form is not None,
        can={
            "propose": can_propose(viewer, campaign),
            "decide": can_decide(viewer, campaign, script),
            "record": can_record(viewer),
        },
    )
    if is_seen() and status == 200:
        db.session.rollback()
        with write_transaction():
            for subject in subjects:
                mark_subject_seen(viewer, subject)
            db.session.commit()
    return page, status


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("Give the day as year, month and day.") from None


def _end_of(day: date) -> datetime:
    """The last moment of a day where the reader is; what came into force that day counts."""
    return to_utc(datetime.combine(day, time.max)).replace(tzinfo=UTC)


def _script_version(campaign: Campaign, version_id: int | None) -> ScriptVersion | None:
    if version_id is None:
        return None
    version = get_script_version(current_viewer(), version_id)
    if version.script.campaign_id != campaign.id:
        raise InvalidInput("This version belongs to the script of another campaign.")
    return version
