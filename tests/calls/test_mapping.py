"""The one place between the core's shapes and the tables."""

from __future__ import annotations

import numpy as np
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from callcoach.analysis.model import (
    CallAnalysis,
    Cause,
    Channels,
    EngagementPoint,
    Evidence,
    Figure,
    Kind,
    KindGuess,
    Message,
    Speaker,
    TippingPoint,
    Turn,
    Word,
)
from callcoach.calls.mapping import (
    analysis_rows,
    context_of,
    message_of,
    shown_turns,
    talk_start_ms,
    to_ms,
    to_s,
)
from callcoach.calls.models import Turn as TurnRow
from callcoach.campaigns.models import Promise, PromiseKind
from callcoach.extensions import db
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign


@given(st.integers(min_value=0, max_value=4 * 3600 * 1000))
def test_milliseconds_survive_seconds_and_back(milliseconds: int) -> None:
    assert to_ms(to_s(milliseconds)) == milliseconds


def _analysis() -> CallAnalysis:
    words = (Word(" Bonjour", 1.0, 1.4004, 0.98765), Word(" madame.", 1.4004, 2.0, 0.5))
    return CallAnalysis(
        duration_s=12.0,
        channels=Channels.STEREO,
        agent_channel=0,
        engine={"model": "base", "threads": np.int64(2), "detectors": ("D01", "D09")},
        turns=(Turn(0, Speaker.AGENT, 0, 1.0, 2.0, "Bonjour madame.", words),),
        figures={"talk_share": Figure(None, "ratio", "mono")},
        engagement=(EngagementPoint(1.0, 2.0, 0.1, -0.1, 0.3),),
        tipping_points=(
            TippingPoint(
                1.2,
                1.9996,
                0,
                Cause.BOOKISH.valence,
                Cause.BOOKISH,
                2,
                0.7,
                "D04",
                (
                    Evidence("measure", "", 3.0, "s", 2.0, 1.2, 2.0),
                    Evidence("quote", "madame", None, "", None, 1.4, 2.0, Message("m", {"n": 1})),
                ),
                Message("bookish", {"cause": Message("cause.bookish"), "words": ["a", "b"]}),
                Message("say.else"),
            ),
        ),
        kind=KindGuess(
            Kind.GATEKEEPER, 0.75, (Message("kind.receptionist", {"quote": "de la part de qui"}),)
        ),
    )


def test_an_analysis_becomes_rows_that_the_database_takes(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        assert call.current_transcript_id is not None
        run = analysis_rows(
            _analysis(), call_id=call.id, transcript_id=call.current_transcript_id, number=2
        )
        db.session.add(run)
        db.session.commit()
        db.session.expire_all()
        assert run.engine == {"model": "base", "threads": 2, "detectors": ["D01", "D09"]}
        assert run.figures == {"talk_share": {"value": None, "unit": "ratio", "reason": "mono"}}
        assert run.engagement[0]["low"] == -0.1
        (turn,) = run.turns
        assert (turn.start_ms, turn.end_ms, turn.speaker) == (1000, 2000, "agent")
        assert turn.words == [[" Bonjour", 1000, 1400, 0.988], [" madame.", 1400, 2000, 0.5]]
        (point,) = run.tipping_points
        assert (point.start_ms, point.end_ms, point.channel) == (1200, 2000, 0)
        assert (point.quote, point.cause, point.valence) == ("madame", "bookish", "negative")
        assert point.evidence[1]["message"] == {"key": "m", "values": {"n": 1}}
        assert (run.kind, run.kind_confidence) == ("gatekeeper", 0.75)
        assert run.kind_reasons == [
            {"key": "kind.receptionist", "values": {"quote": "de la part de qui"}}
        ]


def test_a_message_is_the_same_after_the_database(app: Flask) -> None:
    point = _analysis().tipping_points[0]
    run = analysis_rows(_analysis(), call_id=1, transcript_id=1, number=1)
    assert message_of(run.tipping_points[0].explanation) == point.explanation


def test_the_context_of_a_campaign_holds_its_promises_and_vocabulary(app: Flask) -> None:
    with app.app_context():
        campaign = create_campaign(name="Clôture", vocabulary=["Sage"])
        campaign.promises = [
            Promise(kind=PromiseKind.FORBIDDEN, text="gratuit"),
            Promise(kind=PromiseKind.APPROVED, text="cinq jours"),
        ]
        db.session.commit()
        context = context_of(campaign, "DAF")
        assert (context.campaign, context.persona) == ("Clôture", "DAF")
        assert (context.vocabulary, context.approved, context.forbidden, context.ambiguous) == (
            ("Sage",),
            ("cinq jours",),
            ("gratuit",),
            (),
        )


def test_the_talk_starts_at_the_same_moment_for_rows_and_for_shown_turns() -> None:
    said = [
        ("prospect", 9000, 10_000, "Roussel, bonjour."),
        ("agent", 10_500, 12_000, "Bonjour, c’est bien M. Roussel ?"),
        ("prospect", 12_400, 13_000, "Oui, de quoi s’agit-il ?"),
    ]
    rows = [
        TurnRow(
            id=index,
            index=index,
            speaker=who,
            channel=0,
            start_ms=start,
            end_ms=end,
            text=text,
            words=[],
        )
        for index, (who, start, end, text) in enumerate(said)
    ]
    assert talk_start_ms(rows) == 12_100
    assert talk_start_ms(shown_turns(rows, [])) == 12_100
    assert talk_start_ms([]) == 0
