"""Marking, judging, second opinions; and what they tell of the engine and of people."""

from __future__ import annotations

import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import AccessEvent
from callcoach.calls.judging import Moment
from callcoach.calls.models import MISSED, Verdict
from callcoach.calls.operations import judge
from callcoach.calls.queries import visible_moments
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db
from callcoach.learning import check_operations as operations
from callcoach.learning import checks
from callcoach.learning.check_figures import Share
from callcoach.learning.models import BlindMark, Check, CheckKind
from callcoach.tuning.models import DetectorStanding, Standing
from tests.factories.checks import create_check

from .check_floor import Floor, floor

__all__ = ["floor"]

#: The call's one flag is negative and starts here, in the agent's turn up to 24 s.
FLAG_MS = 12_200


def _blind(floor: Floor, viewer: Viewer, number: int = 0) -> Check:
    assert viewer.user_id is not None
    return create_check(floor.call(number), viewer.user_id, CheckKind.BLIND)


def _mark(
    viewer: Viewer, check: Check, start_ms: int, valence: str = "negative", cause: str = ""
) -> BlindMark:
    return operations.add_mark(
        viewer,
        check,
        channel=0,
        start_ms=start_ms,
        end_ms=start_ms + 1000,
        valence=valence,
        cause=cause,
    )


def _marked(
    floor: Floor, viewer: Viewer, *starts: int, number: int = 0, valence: str = "negative"
) -> Check:
    check = _blind(floor, viewer, number)
    for start_ms in starts:
        _mark(viewer, check, start_ms, valence)
    operations.finish_marking(viewer, check, 0.9)
    db.session.commit()
    return check


def _hold_back(floor: Floor, standing: Standing) -> None:
    """Keep the kind of the calls' one flag from people."""
    db.session.add(
        DetectorStanding(
            campaign_id=floor.campaign_id,
            detector="D09",
            cause="ignored_objection",
            standing=standing,
        )
    )
    db.session.commit()


def test_marks_count_once_enough_of_the_call_was_heard(app: Flask, floor: Floor) -> None:
    with app.app_context():
        check = _blind(floor, floor.claire)
        for heard in (0.0, 0.79, float("nan"), -1.0, 1.01, float("inf")):
            with pytest.raises(InvalidInput):
                operations.finish_marking(floor.claire, check, heard)
        operations.finish_marking(floor.claire, check, 0.8)
        assert check.analysis_id == floor.call().current_analysis_id
        with pytest.raises(Conflict):
            _mark(floor.claire, check, 1000)


@pytest.mark.parametrize(
    "wrong",
    [
        {"start_ms": 60_000, "end_ms": 61_000},
        {"start_ms": 2000, "end_ms": 2000},
        {"channel": 2},
        {"valence": "sad"},
        {"cause": "open_question"},
        {"cause": "nonsense"},
    ],
)
def test_a_mark_lies_in_the_call_and_its_cause_turns_the_same_way(
    app: Flask, floor: Floor, wrong: dict[str, object]
) -> None:
    right: dict[str, object] = {
        "channel": 0,
        "start_ms": 1000,
        "end_ms": 2000,
        "valence": "negative",
    }
    with app.app_context():
        check = _blind(floor, floor.claire)
        with pytest.raises(InvalidInput):
            operations.add_mark(floor.claire, check, **{**right, **wrong})  # type: ignore[arg-type]
        operations.add_mark(floor.claire, check, **right)  # type: ignore[arg-type]


def test_marks_are_changed_and_removed_until_the_call_is_done(app: Flask, floor: Floor) -> None:
    with app.app_context():
        check = _blind(floor, floor.claire)
        mark = _mark(floor.claire, check, 1000, cause="monologue")
        operations.change_mark(floor.claire, mark, valence="positive", cause="open_question")
        assert (mark.valence, mark.cause) == ("positive", "open_question")
        operations.remove_mark(floor.claire, mark)
        db.session.commit()
        assert check.marks == []


def test_nobody_marks_judges_or_leaves_out_what_is_a_colleagues(app: Flask, floor: Floor) -> None:
    with app.app_context():
        check = _blind(floor, floor.claire)
        with pytest.raises(NotFound):
            _mark(floor.thomas, check, 1000)
        with pytest.raises(NotFound):
            operations.pass_over(floor.thomas, check, "known")


def test_leaving_one_out_needs_a_reason_which_is_logged(app: Flask, floor: Floor) -> None:
    with app.app_context():
        check = _blind(floor, floor.claire)
        with pytest.raises(InvalidInput):
            operations.pass_over(floor.claire, check, "")
        operations.pass_over(floor.claire, check, "bad_sound")
        db.session.commit()
        event = db.session.query(AccessEvent).filter_by(action="check.passed").one()
        assert event.detail == {"check": check.id, "reason": "bad_sound"}
        operations.take_up(floor.claire, check)
        assert check.done_at is None


def test_a_kept_mark_becomes_a_confirmed_moment_and_can_only_be_kept_when_done(
    app: Flask, floor: Floor
) -> None:
    with app.app_context():
        check = _blind(floor, floor.claire)
        mark = _mark(floor.claire, check, 3000)
        with pytest.raises(InvalidInput):
            operations.keep_mark(floor.claire, mark, "rushed")
        operations.finish_marking(floor.claire, check, 1)
        with pytest.raises(InvalidInput):
            operations.keep_mark(floor.claire, mark)
        verdict = operations.keep_mark(floor.claire, mark, "rushed")
        db.session.commit()
        assert (verdict.detector, verdict.cause, verdict.start_ms) == (MISSED, "rushed", 3000)
        assert verdict.quote
        shown = [moment for moment in _shown(floor.agent, floor) if moment.is_confirmed]
        assert [moment.cause for moment in shown] == ["rushed"]


def _shown(viewer: Viewer, floor: Floor) -> list[Moment]:
    return visible_moments(viewer, floor.call())


def test_agents_are_shown_no_mark(app: Flask, floor: Floor) -> None:
    with app.app_context():
        _marked(floor, floor.claire, 3000, 9000)
        assert _shown(floor.agent, floor) == []


def test_a_second_opinion_changes_no_verdict(app: Flask, floor: Floor) -> None:
    with app.app_context():
        verdict = judge(floor.thomas, floor.call(), floor.point(), "confirmed")
        check = create_check(floor.call(), floor.claire.user_id or 0, CheckKind.SECOND, verdict)
        operations.answer(floor.claire, check, "rejected")
        db.session.commit()
        assert db.session.query(Verdict).one().decision == "confirmed"
        assert check.decision == "rejected"
        with pytest.raises(Conflict):
            operations.take_back(floor.claire, check)


def test_an_answer_to_a_drawn_flag_is_taken_back(app: Flask, floor: Floor) -> None:
    with app.app_context():
        check = create_check(
            floor.call(), floor.claire.user_id or 0, CheckKind.EXPLORE, floor.point()
        )
        operations.answer(floor.claire, check, "confirmed")
        assert floor.point().verdict is not None
        operations.take_back(floor.claire, check)
        operations.take_back(floor.claire, check)
        db.session.commit()
        assert floor.point().verdict is None
        assert (check.done_at, check.decision) == (None, None)


def test_a_colleagues_verdict_is_not_taken_for_ones_own(app: Flask, floor: Floor) -> None:
    with app.app_context():
        holder = floor.claire.user_id or 0
        check = create_check(floor.call(), holder, CheckKind.EXPLORE, floor.point())
        theirs = judge(floor.thomas, floor.call(), floor.point(), "confirmed")
        db.session.commit()
        with pytest.raises(Conflict):
            operations.answer(floor.claire, check, "confirmed")
        db.session.rollback()
        operations.take_back(floor.claire, check)
        assert (check.verdict_id, theirs.withdrawn_at) == (None, None)


@pytest.mark.parametrize(
    ("drawn_at", "standing", "expected"),
    [(0.1, None, 1.0), (1.0, Standing.RETIRED, 0.1), (0.1, Standing.RETIRED, 0.1)],
)
def test_a_verdict_weighs_as_its_flag_is_shown_when_it_is_given(
    app: Flask, floor: Floor, drawn_at: float, standing: Standing | None, expected: float
) -> None:
    """Between drawing and answering its kind may be held back, or shown again."""
    with app.app_context():
        holder = floor.claire.user_id or 0
        check = create_check(
            floor.call(), holder, CheckKind.EXPLORE, floor.point(), probability=drawn_at
        )
        if standing is not None:
            _hold_back(floor, standing)
        operations.answer(floor.claire, check, "confirmed")
        assert db.session.query(Verdict).one().display_probability == expected


def test_recall_and_precision_are_counted_on_blindly_marked_calls(app: Flask, floor: Floor) -> None:
    with app.app_context():
        _marked(floor, floor.claire, FLAG_MS + 4000, 40_000, number=0)  # found, and one missed
        _marked(floor, floor.claire, FLAG_MS, number=1, valence="positive")  # the other way
        _marked(floor, floor.claire, number=2)  # nothing to mark, all the same flagged
        _blind(floor, floor.claire, number=3)  # not done
        found = checks.recall(floor.claire, floor.campaign_id)
        assert (found.calls, found.found, found.right) == (3, Share(1, 3), Share(1, 3))
        assert found.f1 == pytest.approx(1 / 3)


def test_what_is_held_back_counts_as_missed(app: Flask, floor: Floor) -> None:
    with app.app_context():
        _marked(floor, floor.claire, FLAG_MS)
        assert checks.recall(floor.claire, floor.campaign_id).found == Share(1, 1)
        _hold_back(floor, Standing.HIDDEN)
        found = checks.recall(floor.claire, floor.campaign_id)
        assert (found.found, found.right) == (Share(0, 1), Share(0, 0))


def test_keeping_a_mark_does_not_make_found_what_was_held_back(app: Flask, floor: Floor) -> None:
    """The flag under the mark is confirmed, but nobody would have been shown it."""
    with app.app_context():
        _hold_back(floor, Standing.RETIRED)
        point = floor.point()
        check = _blind(floor, floor.claire)
        mark = operations.add_mark(
            floor.claire,
            check,
            channel=point.channel,
            start_ms=point.start_ms,
            end_ms=point.end_ms,
            valence="negative",
        )
        operations.finish_marking(floor.claire, check, 0.9)
        operations.keep_mark(floor.claire, mark, point.cause)
        db.session.commit()
        assert point.verdict is not None
        found = checks.recall(floor.claire, floor.campaign_id)
        assert (found.found, found.right) == (Share(0, 1), Share(0, 0))


def test_agreement_of_two_people_and_the_engine_beside_it(app: Flask, floor: Floor) -> None:
    with app.app_context():
        for number, (first, second) in enumerate(
            [("confirmed", "confirmed"), ("rejected", "rejected"), ("confirmed", "rejected")]
        ):
            verdict = judge(floor.thomas, floor.call(number), floor.point(number), first)
            holder = floor.claire.user_id or 0
            check = create_check(floor.call(number), holder, CheckKind.SECOND, verdict)
            operations.answer(floor.claire, check, second)
        db.session.commit()
        _marked(floor, floor.claire, FLAG_MS, 40_000, number=3)
        _marked(floor, floor.thomas, FLAG_MS, number=3)
        found = checks.agreement(floor.claire, floor.campaign_id)
        assert found.same == Share(2, 3)
        assert found.kappa is not None
        assert found.kappa.value == pytest.approx(0.4)
        assert found.pairs == 1
        assert found.human_f1 == pytest.approx(2 / 3)
        # Engine: 2 flags counted, one for each marking, both found, of 3 marks
        assert found.engine_f1 == pytest.approx(4 / 5)
        assert found.engine_share == pytest.approx(6 / 5)


def test_figures_are_the_campaigns_and_tell_agents_nothing(app: Flask, floor: Floor) -> None:
    with app.app_context():
        _marked(floor, floor.claire, FLAG_MS)
        assert checks.recall(floor.agent, floor.campaign_id).calls == 0
        with pytest.raises(NotFound):
            checks.recall(floor.stranger, floor.campaign_id)
        with pytest.raises(NotFound):
            checks.agreement(floor.stranger, floor.campaign_id)
