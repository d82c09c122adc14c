"""The page where a campaign's phrases, sentences and thresholds are looked at, tried and changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.analysis.thresholds import THRESHOLDS
from callcoach.analysis.tuning import MAX_PHRASE
from callcoach.calls.presenters import heading
from callcoach.calls.queries import get_call, turns_of
from callcoach.calls.queries.reanalysis import reanalysis_progress
from callcoach.campaigns.models import Campaign
from callcoach.errors import CallCoachError, NotFound
from callcoach.extensions import db
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.queries import get_job
from callcoach.learning import phrase_previews as previews
from callcoach.learning.blueprint import bp
from callcoach.learning.ledger_log import change_views
from callcoach.learning.phrase_changes import (
    Proposal,
    checked,
    phrase_before,
    require_words,
    save,
)
from callcoach.learning.phrase_presenters import (
    bound_view,
    bounds_of,
    engine_word,
    flag_places,
    lists_of,
    meanings_of,
    measure,
    word_places,
)
from callcoach.learning.tuning_views import take_back, tuned
from callcoach.tuning.models import ChangeKind, PhraseRole
from callcoach.tuning.operations import remove_phrase
from callcoach.tuning.queries import PER_PAGE, changes_of, tuning_of
from callcoach.tuning.vocabulary import intents
from callcoach.web.errors import explain
from callcoach.web.paging import Page
from callcoach.web.toasts import notify


@bp.get("/campaigns/<int:campaign_id>/phrases")
def phrases(campaign_id: int) -> ResponseReturnValue:
    """The engine's lists, sentences and thresholds with what the campaign changes in them.

    ``?q=`` narrows them; ``?from=turn&call=&turn=`` offers a turn of a call as a sentence.
    """
    viewer, campaign = tuned(campaign_id)
    wanted = request.args.get("q", "").strip()[:MAX_PHRASE]
    changes = changes_of(
        campaign,
        request.args.get("page", 1, type=int),
        kinds=(ChangeKind.PHRASE, ChangeKind.BOUND),
    )
    return render_template(
        "learning/phrases.html",
        campaign=campaign,
        wanted=wanted,
        lists=lists_of(viewer, campaign, wanted),
        meanings=meanings_of(viewer, campaign, wanted),
        bounds=bounds_of(campaign, wanted),
        offered=_offered(viewer, campaign),
        intents=[(name, engine_word("list", name)) for name in intents(campaign.language)],
        progress=reanalysis_progress(viewer, campaign.id),
        is_tuned=not tuning_of(campaign.id).is_empty,
        changes=change_views(viewer, changes.items),
        page=Page(changes.items, changes.number, changes.total, PER_PAGE),
        max_length=MAX_PHRASE,
    )


@bp.get("/campaigns/<int:campaign_id>/phrases/progress")
def phrases_progress(campaign_id: int) -> ResponseReturnValue:
    """How many past calls have been analysed with the present changes: a part of the page."""
    viewer, campaign = tuned(campaign_id)
    return render_template(
        "learning/_phrases_progress.html",
        campaign=campaign,
        progress=reanalysis_progress(viewer, campaign.id),
    )


@bp.get("/campaigns/<int:campaign_id>/phrases/try")
def try_change(campaign_id: int) -> ResponseReturnValue:
    """What a change would have found on past calls, and the button that saves it."""
    viewer, campaign = tuned(campaign_id)
    proposal = _proposed(viewer, campaign, request.args)
    return _try_page(viewer, campaign, proposal)


@bp.post("/campaigns/<int:campaign_id>/phrases/try")
def count_change(campaign_id: int) -> ResponseReturnValue:
    """Have the last calls analysed with the change and without it."""
    viewer, campaign = tuned(campaign_id)
    proposal = _proposed(viewer, campaign, request.form)
    job = previews.ask_for_count(viewer, campaign, proposal)
    db.session.commit()
    return redirect(_try_url(campaign_id, proposal, job=job.id))


@bp.get("/campaigns/<int:campaign_id>/phrases/counts/<int:job_id>")
def change_count(campaign_id: int, job_id: int) -> ResponseReturnValue:
    """How far the counting is, or what came of it: a part of the page."""
    viewer, campaign = tuned(campaign_id)
    job = _own_job(viewer, campaign, job_id)
    return render_template("learning/_phrases_count.html", **_count(viewer, campaign, job))


@bp.post("/campaigns/<int:campaign_id>/phrases")
def save_change(campaign_id: int) -> ResponseReturnValue:
    """Save a change; it reaches past calls in the background."""
    viewer, campaign = tuned(campaign_id)
    try:
        proposal = _proposed(viewer, campaign, request.form)
        change = save(viewer, campaign, proposal)
    except NotFound:
        raise
    except CallCoachError as error:
        db.session.rollback()
        flash(explain(error), "error")
        return redirect(_phrases_url(campaign_id))
    undo = url_for("learning.undo_phrase", campaign_id=campaign_id, change_id=change.id)
    db.session.commit()
    notify(_("Saved. Past calls are analysed again in the background."), undo=undo)
    return redirect(_phrases_url(campaign_id, proposal))


@bp.post("/campaigns/<int:campaign_id>/phrases/<int:phrase_id>/remove")
def drop_phrase(campaign_id: int, phrase_id: int) -> ResponseReturnValue:
    """Take one of the campaign's own phrases away, or put one of the engine's back."""
    viewer, campaign = tuned(campaign_id)
    change = remove_phrase(viewer, campaign, phrase_id)
    undo = url_for("learning.undo_phrase", campaign_id=campaign_id, change_id=change.id)
    subject = change.subject
    db.session.commit()
    notify(_("Taken back. Past calls are analysed again in the background."), undo=undo)
    return redirect(_phrases_url(campaign_id, anchor=subject))


@bp.post("/campaigns/<int:campaign_id>/phrases/changes/<int:change_id>/undo")
def undo_phrase(campaign_id: int, change_id: int) -> ResponseReturnValue:
    """Take a change back; that can be taken back too."""
    back = _phrases_url(campaign_id, anchor="log")
    return take_back(campaign_id, change_id, endpoint="learning.undo_phrase", back=back)


def _try_page(viewer: Viewer, campaign: Campaign, proposal: Proposal) -> str:
    before = phrase_before(campaign, proposal)
    job_id = request.args.get("job", type=int)
    words = None
    if proposal.is_lexical:
        words = previews.preview_words(
            viewer, campaign, proposal.text, before=before.text if before else ""
        )
    own = tuning_of(campaign.id).bounds.get(proposal.bound)
    if proposal.is_bound and proposal.seen is None:
        proposal = replace(proposal, seen="" if own is None else repr(own))
    return render_template(
        "learning/phrases_try.html",
        campaign=campaign,
        proposal=proposal,
        before=before,
        list_label=_list_label(proposal),
        bound=bound_view(proposal.bound, own) if proposal.is_bound else None,
        wanted_value=_wanted_value(proposal),
        words=words,
        places=word_places(viewer, words.places) if words else [],
        count=_count(viewer, campaign, _own_job(viewer, campaign, job_id)) if job_id else None,
        analysed_calls=previews.ANALYSED_CALLS,
        roles=PhraseRole,
    )


def _count(viewer: Viewer, campaign: Campaign, job: Job) -> dict[str, Any]:
    """What `_phrases_count.html` shows."""
    result = previews.result_of(viewer, job)
    come, go = flag_places(viewer, result) if result else ([], [])
    return {
        "campaign": campaign,
        "job": job,
        "is_live": job.is_live,
        "failure": job.explain(_) if job.state == JobState.FAILED else "",
        "result": result,
        "come": come,
        "go": go,
    }


def _offered(viewer: Viewer, campaign: Campaign) -> dict[str, Any] | None:
    """The turn that somebody came with, as a sentence to keep; None without one.

    Raises:
        NotFound: there is no such turn in a call of this campaign that the viewer sees.
    """
    if request.args.get("from") != "turn":
        return None
    call = get_call(viewer, request.args.get("call", 0, type=int))
    wanted = request.args.get("turn", -1, type=int)
    turn = next((turn for turn in turns_of(call) if turn.index == wanted), None)
    if turn is None or call.campaign_id != campaign.id:
        raise NotFound("There is no such turn.")
    return {
        "call_id": call.id,
        "heading": heading(call),
        "text": _shortened(" ".join(turn.text.split()), MAX_PHRASE),
        "url": url_for("coaching.desk", call_id=call.id, t=f"{turn.start_ms / 1000:g}"),
        "intents": [
            (name, engine_word("list", name))
            # Both voices on one channel: nobody knows who said it
            for name in intents(campaign.language, turn.speaker) or intents(campaign.language)
        ],
    }


def _proposed(viewer: Viewer, campaign: Campaign, values: Mapping[str, str]) -> Proposal:
    """The change that a form or an address asks for.

    Raises:
        InvalidInput: as `checked`.
        NotFound: it is about a call, or the words of one, that the viewer does not see.
    """
    proposal = checked(campaign, Proposal.from_values(values))
    require_words(viewer, phrase_before(campaign, proposal))
    return _with_source(viewer, campaign, proposal)


def _with_source(viewer: Viewer, campaign: Campaign, proposal: Proposal) -> Proposal:
    """The proposal with its source only if that is a call of the campaign that the viewer sees.

    Raises:
        NotFound: it is not.
    """
    if not proposal.call_id:
        return proposal
    if proposal.is_bound or proposal.phrase_id:
        return replace(proposal, call_id=0)
    if get_call(viewer, proposal.call_id).campaign_id != campaign.id:
        raise NotFound("There is no such call.")
    return proposal


def _own_job(viewer: Viewer, campaign: Campaign, job_id: int) -> Job:
    """A counting job that the viewer asked for, on this campaign.

    Raises:
        NotFound: there is none.
    """
    job = get_job(Viewer.system(), job_id)
    mine = f"try:{campaign.id}:{viewer.user_id}:"
    if job.kind != previews.COUNT_FLAGS or not job.subject.startswith(mine):
        raise NotFound("There is no such job.")
    return job


def _list_label(proposal: Proposal) -> str:
    return engine_word("list", proposal.list_name) if proposal.list_name else ""


def _wanted_value(proposal: Proposal) -> str:
    if not proposal.is_bound:
        return ""
    threshold = THRESHOLDS[proposal.bound]
    value = threshold.value if proposal.value is None else proposal.value
    return measure(value, threshold.unit)


def _try_url(campaign_id: int, proposal: Proposal, *, job: int) -> str:
    values: dict[str, Any] = proposal.fields()
    return url_for("learning.try_change", campaign_id=campaign_id, job=job, **values)


def _phrases_url(
    campaign_id: int, proposal: Proposal | None = None, *, anchor: str | None = None
) -> str:
    """The page, at the list or threshold that was changed."""
    if proposal is not None:
        anchor = proposal.bound or proposal.list_name or PhraseRole.BACKGROUND.value
    return url_for("learning.phrases", campaign_id=campaign_id, _anchor=anchor)


def _shortened(text: str, limit: int) -> str:
    """`text` in at most `limit` characters, cut between words."""
    if len(text) <= limit:
        return text
    words, _gap, _rest = text[:limit].rpartition(" ")
    return words or text[:limit]
