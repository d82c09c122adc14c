"""A campaign's changes to the engine: what is taken, who may, what the log says, and undoing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import AccessEvent
from callcoach.analysis.thresholds import THRESHOLDS
from callcoach.analysis.tuning import Tuning
from callcoach.campaigns.models import Campaign
from callcoach.errors import Conflict, InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db
from callcoach.tuning import operations
from callcoach.tuning.models import CampaignPhrase, Standing, TuningChange
from callcoach.tuning.queries import changes_of, holds_back, phrases_of, standings_of, tuning_of
from callcoach.tuning.vocabulary import packaged_phrases

from .conftest import People

FLOOR = "monologue.floor_s"
KIND = ("D06", "mishandled_silence")


def _campaign(people: People) -> Campaign:
    return db.session.get_one(Campaign, people.campaign_id)


def _add(people: People, text: str = "on tourne en rond", **values: Any) -> TuningChange:
    wanted: dict[str, Any] = {"role": "added", "list_name": "objection", **values}
    return operations.add_phrase(people.supervisor, _campaign(people), text=text, **wanted)


def _phrase_of(change: TuningChange) -> CampaignPhrase:
    return db.session.get_one(CampaignPhrase, change.after["phrase"])


def test_without_changes_the_engine_is_the_packaged_one(app: Flask, people: People) -> None:
    with app.app_context():
        assert tuning_of(people.campaign_id) == Tuning()
        assert standings_of(people.campaign_id) == {}
        assert changes_of(_campaign(people)).items == []


def test_everything_that_a_campaign_changes_reaches_the_analysis(
    app: Flask, people: People
) -> None:
    with app.app_context():
        campaign = _campaign(people)
        packaged = packaged_phrases("objection", campaign.language)[0]
        _add(people)
        _add(people, packaged, role="removed")
        _add(people, "Ça ne presse pas chez nous", role="prototype")
        _add(people, "On a refait les bureaux", role="background", list_name="")
        operations.set_bound(people.supervisor, campaign, FLOOR, 20)
        assert tuning_of(people.campaign_id) == Tuning(
            added={"objection": ("on tourne en rond",)},
            removed={"objection": (packaged,)},
            prototypes={"objection": ("Ça ne presse pas chez nous",)},
            background=("On a refait les bureaux",),
            bounds={FLOOR: 20.0},
        )
        assert tuning_of(people.other_campaign_id) == Tuning()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        ("  ?! ", {}),
        ("a" * 201, {}),
        ("re:(a+)+$", {}),
        ("re:^oui", {"role": "prototype"}),
        ("on verra", {"list_name": "no_such_list"}),
        ("bonjour", {"list_name": "opening_greeting"}),
        ("on verra", {"role": "prototype", "list_name": "no_such_intent"}),
        ("on verra", {"role": "whisper"}),
        ("not in the list", {"role": "removed"}),
    ],
)
def test_phrases_that_are_refused(
    app: Flask, people: People, text: str, values: dict[str, Any]
) -> None:
    with app.app_context():
        with pytest.raises(InvalidInput):
            _add(people, text, **values)
        assert db.session.scalar(select(func.count(TuningChange.id))) == 0


def test_the_same_words_are_added_once(app: Flask, people: People) -> None:
    with app.app_context():
        campaign = _campaign(people)
        _add(people, "  On tourne   en rond ")
        assert [phrase.text for phrase in phrases_of(campaign.id)] == ["On tourne en rond"]
        with pytest.raises(Conflict):
            _add(people, "on tourne en rond !")
        _add(people, "on tourne en rond", list_name="refusal")
        packaged = next(
            text
            for text in packaged_phrases("objection", campaign.language)
            if not text.startswith("re:")
        )
        with pytest.raises(Conflict):
            _add(people, packaged.upper())
        _add(people, packaged, role="removed")
        with pytest.raises(Conflict):
            _add(people, packaged, role="removed")
        _add(people, packaged)


def test_a_rewritten_phrase_is_a_persons(app: Flask, people: People) -> None:
    with app.app_context():
        campaign = _campaign(people)
        learnt = _phrase_of(
            operations.add_phrase(
                None, campaign, role="prototype", list_name="objection", text="on a un truc"
            )
        )
        change = operations.rewrite_phrase(
            people.supervisor, campaign, learnt.id, "on a déjà un outil maison"
        )
        (phrase,) = phrases_of(campaign.id)
        assert phrase.text == "on a déjà un outil maison"
        assert (phrase.source_call_id, phrase.author_id) == (None, people.supervisor.user_id)
        with pytest.raises(NotFound):
            operations.rewrite_phrase(people.supervisor, campaign, learnt.id, "encore")
        with pytest.raises(InvalidInput):
            operations.rewrite_phrase(people.supervisor, campaign, phrase.id, phrase.text)
        operations.undo_change(people.supervisor, campaign, change.id)
        assert [item.text for item in phrases_of(campaign.id)] == ["on a un truc"]


def test_the_log_holds_no_words(app: Flask, people: People) -> None:
    with app.app_context():
        campaign = _campaign(people)
        change = _add(people, "madame Delattre est en congé")
        operations.rewrite_phrase(
            people.supervisor, campaign, change.after["phrase"], "madame Delattre est partie"
        )
        for item in changes_of(campaign).items:
            assert "Delattre" not in f"{item.subject}{item.before}{item.after}{item.reason}"
        details = db.session.scalars(select(AccessEvent.detail)).all()
        assert details
        assert not any("Delattre" in str(detail) for detail in details)


@pytest.mark.parametrize("value", [7.9, 60.1, float("nan"), float("inf")])
def test_a_bound_stays_inside_its_limits(app: Flask, people: People, value: float) -> None:
    assert (THRESHOLDS[FLOOR].low, THRESHOLDS[FLOOR].high) == (8, 60)
    with app.app_context(), pytest.raises(InvalidInput):
        operations.set_bound(people.supervisor, _campaign(people), FLOOR, value)


def test_a_bound_is_set_and_given_back(app: Flask, people: People) -> None:
    with app.app_context():
        campaign = _campaign(people)
        with pytest.raises(InvalidInput):
            operations.set_bound(people.supervisor, campaign, "no.such_s", 3)
        with pytest.raises(InvalidInput):
            operations.set_bound(people.supervisor, campaign, FLOOR, None)
        operations.set_bound(people.supervisor, campaign, FLOOR, 20, seen=None)
        with pytest.raises(StaleVersion):
            operations.set_bound(people.admin, campaign, FLOOR, 30, seen=None)
        change = operations.set_bound(people.admin, campaign, FLOOR, None, seen=20.0)
        assert (change.before, change.after) == ({"value": 20.0}, {})
        assert tuning_of(campaign.id) == Tuning()


def test_people_and_figures_decide_apart(app: Flask, people: People) -> None:
    with app.app_context():
        campaign = _campaign(people)
        hidden = operations.set_standing(
            None, campaign, *KIND, Standing.HIDDEN, reason={"n": 24, "precision": 0.31}
        )
        assert (hidden.is_automatic, hidden.author_id) == (True, None)
        assert hidden.reason == {"n": 24, "precision": 0.31}
        kept = operations.set_standing(people.supervisor, campaign, *KIND, "kept")
        assert (kept.is_automatic, kept.author_id) == (False, people.supervisor.user_id)
        for standing in (Standing.HIDDEN, Standing.ACTIVE):
            with pytest.raises(Conflict):
                operations.set_standing(None, campaign, *KIND, standing)
        with pytest.raises(InvalidInput):
            operations.set_standing(None, campaign, *KIND, Standing.RETIRED)
        for wrong in (("", "monologue"), ("D06", "grumpiness"), ("D/6", "monologue")):
            with pytest.raises(InvalidInput):
                operations.set_standing(people.supervisor, campaign, *wrong, Standing.RETIRED)


def test_a_floor_holds_back_what_is_below(app: Flask, people: People) -> None:
    with app.app_context():
        campaign = _campaign(people)
        for wrong in (-0.1, 1.1, float("nan")):
            with pytest.raises(InvalidInput):
                operations.set_floor(people.supervisor, campaign, *KIND, wrong)
        operations.set_floor(people.supervisor, campaign, *KIND, 0.6)

        class _Flag:
            detector, cause = KIND

            def __init__(self, confidence: float) -> None:
                self.confidence = confidence

        standings = standings_of(campaign.id)
        assert [holds_back(standings, _Flag(c)) for c in (0.5, 0.6, 0.7)] == [True, False, False]
        operations.set_floor(people.supervisor, campaign, *KIND, 0)
        assert not holds_back(standings_of(campaign.id), _Flag(0.0))


def test_undoing_is_a_change_that_can_be_undone(app: Flask, people: People) -> None:
    with app.app_context():
        campaign = _campaign(people)
        change = operations.set_bound(people.supervisor, campaign, FLOOR, 20)
        undo = operations.undo_change(people.admin, campaign, change.id)
        assert (undo.before, undo.after, undo.undoes_id) == ({"value": 20.0}, {}, change.id)
        assert change.undone_at is not None
        with pytest.raises(Conflict, match="already"):
            operations.undo_change(people.admin, campaign, change.id)
        redo = operations.undo_change(people.supervisor, campaign, undo.id)
        assert tuning_of(campaign.id).bounds == {FLOOR: 20.0}
        assert change.undone_at is None
        assert undo.undone_at is not None
        operations.undo_change(people.supervisor, campaign, redo.id)
        assert tuning_of(campaign.id) == Tuning()
        assert change.undone_at is not None
        assert undo.undone_at is None


def test_what_a_later_change_stands_on_is_not_undone(app: Flask, people: People) -> None:
    with app.app_context():
        campaign = _campaign(people)
        first = operations.set_bound(people.supervisor, campaign, FLOOR, 20)
        other = operations.set_bound(people.supervisor, campaign, "rushed.speech_s", 6)
        second = operations.set_bound(people.admin, campaign, FLOOR, 30)
        with pytest.raises(Conflict, match="after this"):
            operations.undo_change(people.supervisor, campaign, first.id)
        operations.undo_change(people.supervisor, campaign, other.id)
        operations.undo_change(people.supervisor, campaign, second.id)
        operations.undo_change(people.supervisor, campaign, first.id)
        assert tuning_of(campaign.id) == Tuning()


def test_undoing_gives_no_phrase_twice(app: Flask, people: People) -> None:
    with app.app_context():
        campaign = _campaign(people)
        added = _add(people)
        removed = operations.remove_phrase(people.supervisor, campaign, added.after["phrase"])
        _add(people, "On tourne en rond.")
        with pytest.raises(Conflict):
            operations.undo_change(people.supervisor, campaign, removed.id)
        with pytest.raises(Conflict):
            operations.undo_change(people.supervisor, campaign, added.id)
        assert len(phrases_of(campaign.id)) == 1


Operation = Callable[[Viewer, Campaign, int], TuningChange]
OPERATIONS: dict[str, Operation] = {
    "add": lambda viewer, campaign, _: operations.add_phrase(
        viewer, campaign, role="added", list_name="objection", text="on tourne en rond"
    ),
    "rewrite": lambda viewer, campaign, phrase: operations.rewrite_phrase(
        viewer, campaign, phrase, "on tourne autour du pot"
    ),
    "remove": lambda viewer, campaign, phrase: operations.remove_phrase(viewer, campaign, phrase),
    "bound": lambda viewer, campaign, _: operations.set_bound(viewer, campaign, FLOOR, 20),
    "standing": lambda viewer, campaign, _: operations.set_standing(
        viewer, campaign, *KIND, "retired"
    ),
    "floor": lambda viewer, campaign, _: operations.set_floor(viewer, campaign, *KIND, 0.5),
    "undo": lambda viewer, campaign, _: operations.undo_change(viewer, campaign, 1),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_only_who_answers_for_the_campaign_tunes_it(app: Flask, people: People, name: str) -> None:
    with app.app_context():
        campaign = _campaign(people)
        phrase_id = _add(people, "ce n'est pas le sujet").after["phrase"]
        db.session.commit()
        for who in ("team_lead", "agent", "sponsor", "outsider"):
            with pytest.raises(NotFound):
                OPERATIONS[name](getattr(people, who), campaign, phrase_id)
        assert db.session.scalar(select(func.count(TuningChange.id))) == 1
        OPERATIONS[name](people.supervisor, campaign, phrase_id)
        assert db.session.scalar(select(func.count(TuningChange.id))) == 2


@pytest.mark.parametrize("name", ["rewrite", "remove", "undo"])
def test_another_campaigns_are_not_there(app: Flask, people: People, name: str) -> None:
    with app.app_context():
        phrase_id = _add(people).after["phrase"]
        other = db.session.get_one(Campaign, people.other_campaign_id)
        with pytest.raises(NotFound):
            OPERATIONS[name](people.admin, other, phrase_id)
