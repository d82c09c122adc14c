"""Whatever is changed and undone: the log, replayed, gives the present state."""

from __future__ import annotations

import contextlib
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from callcoach.campaigns.models import Campaign
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db
from callcoach.tuning import operations
from callcoach.tuning.models import (
    CampaignBound,
    CampaignPhrase,
    DetectorStanding,
    PhraseRole,
    TuningChange,
)
from callcoach.tuning.queries import phrases_of, standings_of, tuning_of

from .conftest import People

TEXTS = ("on tourne en rond", "On tourne en rond !", "ce n'est pas le sujet", "j'ai mes têtes")
BOUNDS = ("monologue.floor_s", "rushed.speech_s")
KINDS = (("D06", "mishandled_silence"), ("R0", "insistence"))

#: An operation by name with its choices; ids are places in what there is, modulo its length.
STEPS = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(["added", "prototype"]), st.sampled_from(TEXTS)),
    st.tuples(st.just("rewrite"), st.integers(0, 5), st.sampled_from(TEXTS)),
    st.tuples(st.just("remove"), st.integers(0, 5)),
    st.tuples(st.just("bound"), st.sampled_from(BOUNDS), st.sampled_from([None, 10.0, 12.0])),
    st.tuples(
        st.just("standing"), st.sampled_from(KINDS), st.sampled_from(["active", "retired", "kept"])
    ),
    st.tuples(st.just("floor"), st.sampled_from(KINDS), st.sampled_from([0.0, 0.5])),
    st.tuples(st.just("undo"), st.integers(0, 12)),
    st.tuples(st.just("undo"), st.just(-1)),
)


def _take(people: People, campaign: Campaign, step: tuple[Any, ...]) -> None:
    name, *choices = step
    viewer = people.supervisor
    if name == "add":
        operations.add_phrase(
            viewer, campaign, role=choices[0], list_name="objection", text=choices[1]
        )
    elif name in ("rewrite", "remove"):
        ids = db.session.scalars(select(CampaignPhrase.id).order_by(CampaignPhrase.id)).all()
        if not ids:
            return
        phrase_id = ids[choices[0] % len(ids)]
        if name == "rewrite":
            operations.rewrite_phrase(viewer, campaign, phrase_id, choices[1])
        else:
            operations.remove_phrase(viewer, campaign, phrase_id)
    elif name == "bound":
        operations.set_bound(viewer, campaign, *choices)
    elif name == "standing":
        operations.set_standing(viewer, campaign, *choices[0], choices[1])
    elif name == "floor":
        operations.set_floor(viewer, campaign, *choices[0], choices[1])
    else:
        ids = db.session.scalars(select(TuningChange.id).order_by(TuningChange.id)).all()
        if ids:
            operations.undo_change(viewer, campaign, ids[choices[0] % len(ids)])


def _replay() -> tuple[set[int], dict[tuple[str, str], dict[str, Any]]]:
    """Phrases in force and other states, from the lines of the log alone."""
    phrases: set[int] = set()
    states: dict[tuple[str, str], dict[str, Any]] = {}
    for change in db.session.scalars(select(TuningChange).order_by(TuningChange.id)):
        if change.kind == "phrase":
            phrases -= {change.before.get("phrase", 0)}
            phrases |= {change.after["phrase"]} if change.after else set()
        else:
            key = (str(change.kind), change.subject)
            assert states.get(key, {}) == change.before
            states[key] = change.after
    return phrases, {key: state for key, state in states.items() if state}


def _check(campaign: Campaign) -> None:
    phrases, states = _replay()
    present = phrases_of(campaign.id)
    assert {phrase.id for phrase in present} == phrases
    words = [(phrase.role, " ".join(phrase.text.casefold().split(" !"))) for phrase in present]
    assert len(set(words)) == len(words), "nothing is there twice"
    found: dict[tuple[str, str], dict[str, Any]] = {
        ("bound", name): {"value": value} for name, value in tuning_of(campaign.id).bounds.items()
    }
    for (detector, cause), row in standings_of(campaign.id).items():
        if row.standing != "active":
            found["standing", f"{detector}/{cause}"] = {"standing": row.standing}
        if row.floor:
            found["floor", f"{detector}/{cause}"] = {"floor": row.floor}
    assert found == states


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, max_size=14))
def test_replaying_the_log_gives_the_present_state(
    app: Flask, people: People, steps: list[tuple[Any, ...]]
) -> None:
    with app.app_context():
        for table in (TuningChange, CampaignPhrase, CampaignBound, DetectorStanding):
            db.session.execute(delete(table))
        campaign = db.session.get_one(Campaign, people.campaign_id)
        for step in steps:
            with contextlib.suppress(Conflict, InvalidInput, NotFound), db.session.begin_nested():
                _take(people, campaign, step)
            _check(campaign)
        db.session.rollback()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, max_size=10))
def test_undoing_from_the_newest_on_gives_the_packaged_engine(
    app: Flask, people: People, steps: list[tuple[Any, ...]]
) -> None:
    with app.app_context():
        for table in (TuningChange, CampaignPhrase, CampaignBound, DetectorStanding):
            db.session.execute(delete(table))
        campaign = db.session.get_one(Campaign, people.campaign_id)
        for step in steps:
            with contextlib.suppress(Conflict, InvalidInput, NotFound), db.session.begin_nested():
                _take(people, campaign, step)
        in_force = select(TuningChange.id).where(
            TuningChange.undoes_id.is_(None), TuningChange.undone_at.is_(None)
        )
        for change_id in db.session.scalars(in_force.order_by(TuningChange.id.desc())).all():
            operations.undo_change(people.admin, campaign, change_id)
        assert tuning_of(campaign.id).is_empty
        assert all(
            row.standing == "active" and not row.floor for row in standings_of(campaign.id).values()
        )
        assert PhraseRole.ADDED not in {phrase.role for phrase in phrases_of(campaign.id)}
        db.session.rollback()
