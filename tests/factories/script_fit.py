"""Lines in use, requests, examples and briefings, for tests."""

from __future__ import annotations

from typing import Any

from callcoach.accounts.models import Team, User
from callcoach.analysis.adherence import ENGINE
from callcoach.calls.models import Call, Verdict
from callcoach.campaigns.models import Sponsor
from callcoach.extensions import db, utc_now
from callcoach.script_fit.models import (
    BriefingReading,
    CallFit,
    ChangeRequest,
    LineUse,
    PinnedExample,
    RequestEvidence,
    RequestState,
    Said,
)
from callcoach.script_library.models import ScriptLine, ScriptVersion

from .calls import create_call
from .campaigns import create_campaign
from .coaching import create_note, give_sound
from .scripts import create_script, create_version, document, line, line_row
from .verdicts import create_verdicts

#: What `create_use` says of a line: where the agent speaks in `factories.calls.DIALOGUE`.
START_MS, END_MS = 12_200, 24_000


def create_use(
    call: Call, version: ScriptVersion, row: ScriptLine, said: Said = Said.SAID, **values: Any
) -> LineUse:
    """A line said in a call."""
    if db.session.get(CallFit, call.id) is None:
        db.session.add(CallFit(call_id=call.id, version_id=version.id, engine=ENGINE))
    use = LineUse(
        call_id=call.id,
        line_id=row.id,
        said=said,
        **{"start_ms": START_MS, "end_ms": END_MS, "words": "Je vous propose…", **values},
    )
    db.session.add(use)
    db.session.commit()
    return use


def create_flag(call: Call, start_ms: int, *, is_confirmed: bool = True) -> Verdict:
    """A break that somebody judged, a second long."""
    (flag,) = create_verdicts(call, confirmed=int(is_confirmed), rejected=int(not is_confirmed))
    flag.start_ms, flag.end_ms = start_ms, start_ms + 1000
    db.session.commit()
    return flag


def create_change_request(row: ScriptLine, author: User, **values: Any) -> ChangeRequest:
    """A request to change a line; open unless told."""
    request = ChangeRequest(
        **{
            "script_id": row.script_id,
            "line_id": row.id,
            "title": "Demander avant de proposer",
            "current_text": row.text,
            "proposed_text": "Comment faites-vous aujourd’hui ?",
            "author_id": author.id,
            **values,
        }
    )
    db.session.add(request)
    db.session.commit()
    return request


def create_example(row: ScriptLine, call: Call, **values: Any) -> PinnedExample:
    """A good moment pinned to a line."""
    example = PinnedExample(
        line_id=row.id,
        call_id=call.id,
        **{
            "start_ms": START_MS,
            "end_ms": END_MS,
            "is_good": True,
            "quote": "Je vous propose une démonstration.",
            **values,
        },
    )
    db.session.add(example)
    db.session.commit()
    return example


def fit_things(
    team: Team, sponsor: Sponsor, owner: User, author: User, mark: str
) -> dict[str, int]:
    """A campaign of its own with two versions of a script, for tests of rights: the second one in
    force, its briefing opened by `owner`.
    """
    campaign = create_campaign(teams=[team], sponsor=sponsor, name=f"Script-{mark}")
    script = create_script(campaign)
    first = line(f"Je vous propose une démonstration {mark}.")
    version = create_version(script, document(first), in_force_for=[team])
    row = line_row(script, first.key)
    again = document(line(f"Comment faites-vous {mark} ?", key=first.key))
    second = create_version(
        script, again, in_force_for=[team], since=utc_now(), based_on_id=version.id
    )
    row.text = again.lines()[0].text
    call = create_call(agent=owner, team=team, campaign=campaign, company=f"Prospect-{mark}")
    give_sound(call)
    create_use(call, version, row)
    note = create_note(call, author, instead=f"Aveclemot-{mark}", script_line_id=row.id)
    request = create_change_request(row, author)
    request.evidence = [RequestEvidence(note_id=note.id)]
    db.session.add(BriefingReading(version_id=second.id, user_id=owner.id))
    db.session.commit()
    decided = {"decided_by_id": author.id, "decided_at": utc_now(), "answer": "Non."}
    return {
        "fit_campaign": campaign.id,
        "fit_call": call.id,
        "fit_note": note.id,
        "fit_further_note": create_note(
            call, author, instead=f"Aveclemot-{mark}", script_line_id=row.id, start_ms=1000
        ).id,
        "fit_line": row.id,
        "fit_version": second.id,
        "fit_request": request.id,
        "fit_declined": create_change_request(
            row, author, state=RequestState.DECLINED, **decided
        ).id,
        "fit_example": create_example(row, call).id,
        "fit_removed_example": create_example(row, call, removed_at=utc_now()).id,
    }
