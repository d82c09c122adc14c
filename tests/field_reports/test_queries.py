"""What a week of calls says, in whose eyes, and what a letter may carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.analysis.model import Kind
from callcoach.analysis.redaction import Sensitive
from callcoach.campaigns.models import Campaign
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.field_reports import letters, operations, queries
from callcoach.field_reports.letters import Letter, Point
from callcoach.field_reports.models import Signal
from callcoach.field_reports.signals import LANGUAGES, packaged
from callcoach.notices.models import Notice
from tests.factories.accounts import create_team, create_user
from tests.factories.campaigns import create_campaign, create_sponsor
from tests.factories.search import create_spoken_call

WEEK = date(2026, 11, 16)
MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Floor:
    campaign_id: int
    viewer: Viewer
    other: Viewer
    sponsor_user: int


@pytest.fixture
def floor(app: Flask) -> Floor:
    """A campaign of two teams; in the week five calls, three of them "trop cher" by the first team."""
    with app.app_context():
        mine, theirs = create_team(), create_team()
        seat = create_user("sponsor")
        sponsor = create_sponsor([seat], name="Comptaclair")
        campaign = create_campaign([mine, theirs], sponsor)
        agent = create_user("agent", [mine], name="Hanta Rakoto")
        supervisor = create_user("supervisor", [mine])
        other = create_user("supervisor", [theirs])
        facts = {"team": mine, "agent": agent, "campaign": campaign}
        dear = (
            "prospect",
            "Non mais c’est trop cher, monsieur Rakoto, rappelez au 06 12 34 56 78.",
        )
        for day in range(3):
            create_spoken_call(
                [("agent", "C’est trop cher ?"), dear],
                started_at=MONDAY + timedelta(days=day),
                **facts,
            )
        create_spoken_call(
            [("prospect", "On travaille déjà avec Fidouval.")],
            started_at=MONDAY,
            **facts,
        )
        create_spoken_call([dear], started_at=MONDAY, kind=Kind.GATEKEEPER, **facts)
        create_spoken_call([dear], started_at=MONDAY, deleted_at=utc_now(), **facts)
        create_spoken_call([dear], started_at=MONDAY + timedelta(days=7), **facts)
        for week in range(1, 6):
            create_spoken_call(
                [("prospect", "Ce n’est pas trop cher.")],
                started_at=MONDAY - timedelta(weeks=week),
                **facts,
            )
        create_spoken_call(
            [("prospect", "On n’a pas le budget.")],
            started_at=MONDAY,
            team=theirs,
            campaign=campaign,
        )
        return Floor(
            campaign.id,
            Viewer(supervisor.id, Role.SUPERVISOR, frozenset({mine.id})),
            Viewer(other.id, Role.SUPERVISOR, frozenset({theirs.id})),
            seat.id,
        )


def _campaign(floor: Floor) -> Campaign:
    return db.session.get_one(Campaign, floor.campaign_id)


def _finding(floor: Floor, key: str, viewer: Viewer | None = None) -> queries.Finding | None:
    found = queries.report(viewer or floor.viewer, _campaign(floor), WEEK).findings
    return next((each for each in found if each.subject.key == key), None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_packaged_phrase_can_be_looked_for(language: str) -> None:
    for subject in packaged(language):
        assert subject.patterns, subject.key
        assert not any(pattern.is_empty for pattern in subject.patterns)


def test_calls_of_the_week_are_counted_once_each_in_prospects_words(
    app: Flask, floor: Floor
) -> None:
    with app.app_context():
        report = queries.report(floor.viewer, _campaign(floor), WEEK)
        assert (report.calls, report.calls_before) == (4, 4)
        dear = _finding(floor, "too_dear")
        assert dear is not None
        assert (dear.now.count, dear.now.total) == (3, 4)
        assert (dear.before.count, dear.before.total) == (0, 4), "denied, it is not said"
        assert [moment.start_ms for moment in dear.moments] == [5000, 5000, 5000]
        assert dear.moments[0].started_at > dear.moments[-1].started_at


def test_each_sees_the_calls_of_their_own_teams(app: Flask, floor: Floor) -> None:
    with app.app_context():
        dear = _finding(floor, "too_dear", floor.other)
        assert dear is not None
        assert (dear.now.count, dear.now.total, dear.before.total) == (1, 1, 0)
        stranger = Viewer(floor.sponsor_user, Role.SPONSOR, frozenset())
        with pytest.raises(NotFound):
            queries.get_reported(stranger, floor.campaign_id)


def test_a_competitor_is_heard_though_misspelt(app: Flask, floor: Floor) -> None:
    with app.app_context():
        assert _finding(floor, "Fiduval") is None
        row = operations.watch(
            floor.viewer, _campaign(floor), "competitor", " Fiduval ", ["Fidouval", "Fidouval"]
        )
        assert row.spellings == ["Fidouval"]
        found = _finding(floor, "Fiduval")
        assert found is not None
        assert (found.subject.signal, found.now.count) == (Signal.COMPETITOR, 1)
        with pytest.raises(Conflict):
            operations.watch(floor.viewer, _campaign(floor), "competitor", "fiduval")
        operations.unwatch(floor.viewer, row)
        assert _finding(floor, "Fiduval") is None
        operations.watch_again(floor.viewer, row)
        assert _finding(floor, "Fiduval") is not None


@pytest.mark.parametrize(
    ("signal", "label", "spellings"),
    [
        ("gossip", "x", []),
        ("competitor", " ", []),
        ("competitor", "…", []),
        ("competitor", "a" * 81, []),
        ("competitor", "Fiduval", [f"v{n}" for n in range(13)]),
    ],
)
def test_what_cannot_be_listened_for_is_refused(
    app: Flask, floor: Floor, signal: str, label: str, spellings: list[str]
) -> None:
    with app.app_context(), pytest.raises(InvalidInput):
        operations.watch(floor.viewer, _campaign(floor), signal, label, spellings)


def test_a_finding_is_kept_once_for_each_use_with_its_counts(app: Flask, floor: Floor) -> None:
    with app.app_context():
        dear = _finding(floor, "too_dear")
        assert dear is not None
        for remark in ("À répondre.", ""):
            operations.keep(
                floor.viewer, _campaign(floor), WEEK, dear, used_for="letter", remark=remark
            )
        (kept,) = queries.kept_of(floor.campaign_id, WEEK)
        assert kept.counts == {"now": 3, "of": 4, "before": 0, "of_before": 4}
        assert kept.remark == "À répondre."
        with pytest.raises(InvalidInput):
            operations.keep(floor.viewer, _campaign(floor), WEEK, dear, used_for="fun")
        with pytest.raises(NotAllowed):
            operations.keep(
                Viewer(0, Role.TEAM_LEAD, floor.viewer.team_ids),
                _campaign(floor),
                WEEK,
                dear,
                used_for="letter",
            )
        operations.drop(floor.viewer, _campaign(floor), kept)
        assert queries.kept_of(floor.campaign_id, WEEK) == []


def test_proposed_quotes_tell_nobody(app: Flask, floor: Floor) -> None:
    with app.app_context():
        dear = _finding(floor, "too_dear")
        assert dear is not None
        (quote,) = letters.struck_quotes(
            _campaign(floor), dear, {kind: kind.value for kind in Sensitive}
        )
        assert quote == "Non mais c’est trop cher, monsieur [name], rappelez au [phone]."


def test_a_letter_is_saved_compared_sent_once_and_then_still(app: Flask, floor: Floor) -> None:
    with app.app_context():
        campaign = _campaign(floor)
        letter = Letter("Bonjour.", (Point("Trop cher", "Trois appels.", ("Non.",)),), "À lundi.")
        row = letters.save(floor.viewer, campaign, WEEK, letter, based_on=0)
        db.session.commit()
        assert Letter.from_dict(row.content) == letter
        with pytest.raises(StaleVersion):
            letters.save(floor.viewer, campaign, WEEK, letter, based_on=0)
        sponsor = Viewer(floor.sponsor_user, Role.SPONSOR, frozenset())
        assert queries.sent_letters(sponsor) == []
        with pytest.raises(NotFound):
            queries.get_letter(sponsor, row.id)
        for _again in range(2):
            letters.send(floor.viewer, row, "/field-letters/1")
        db.session.commit()
        assert queries.sent_letters(sponsor) == [row]
        notices = db.session.scalars(db.select(Notice)).all()
        assert [(notice.user_id, notice.kind) for notice in notices] == [
            (floor.sponsor_user, "field.letter")
        ]
        with pytest.raises(Conflict):
            letters.save(floor.viewer, campaign, WEEK, letter, based_on=1)


def test_an_empty_letter_is_not_sent_and_a_long_one_not_kept(app: Flask, floor: Floor) -> None:
    with app.app_context():
        campaign = _campaign(floor)
        row = letters.save(floor.viewer, campaign, WEEK, Letter(""), based_on=0)
        with pytest.raises(InvalidInput):
            letters.send(floor.viewer, row, "/x")
        for wrong in (
            Letter("x" * (letters.MAX_INTRO + 1)),
            Letter("", tuple(Point(str(n), "") for n in range(letters.MAX_POINTS + 1))),
            Letter("", (Point("a", "", tuple("b" * (letters.MAX_QUOTES + 1))),)),
        ):
            with pytest.raises(InvalidInput):
                letters.save(floor.viewer, campaign, WEEK, wrong, based_on=1)
