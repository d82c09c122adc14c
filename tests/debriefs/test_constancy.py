"""Constancy: nothing is counted twice or lost, whatever the order and the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from callcoach.debriefs.constancy import Outcome, Session, constancy_of

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

_sessions = st.lists(
    st.builds(
        Session,
        at=st.integers(-400 * 24, 0).map(lambda hours: NOW + timedelta(hours=hours)),
        outcome=st.sampled_from(Outcome),
    ),
    max_size=40,
)


@given(sessions=_sessions, months=st.integers(1, 14), seed=st.randoms())
def test_every_session_of_the_months_shown_counts_once(
    sessions: list[Session], months: int, seed: object
) -> None:
    found = constancy_of(sessions, NOW, PARIS, months)
    shuffled = sorted(sessions, key=lambda _: seed.random())  # type: ignore[attr-defined]
    assert constancy_of(shuffled, NOW, PARIS, months) == found
    assert len(found.months) == months
    assert found.months[-1].first == date(2026, 11, 1)
    steps = [(m.first.year * 12 + m.first.month) for m in found.months]
    assert steps == list(range(steps[0], steps[0] + months))
    first = datetime.combine(found.months[0].first, datetime.min.time(), tzinfo=PARIS)
    inside = [s for s in sessions if s.at >= first and s.outcome is not Outcome.COMING]
    assert found.held + found.skipped + found.unsaid == len(inside)
    assert sum(month.planned for month in found.months) == len(inside)
    assert found.held == sum(month.held for month in found.months)


@given(sessions=_sessions)
def test_the_last_one_held_is_the_newest_and_skipping_brings_it_no_nearer(
    sessions: list[Session],
) -> None:
    found = constancy_of(sessions, NOW, PARIS)
    held = [session.at for session in sessions if session.outcome is Outcome.HELD]
    assert found.last_held_at == max(held, default=None)
    assert (found.days_since is None) == (not held)
    skipped = [*sessions, Session(NOW, Outcome.SKIPPED)]
    assert constancy_of(skipped, NOW, PARIS).days_since == found.days_since
    again = constancy_of([*sessions, Session(NOW, Outcome.HELD)], NOW, PARIS)
    assert again.days_since == 0
    assert again.held == found.held + 1


def test_days_are_those_of_the_calendar() -> None:
    late = datetime(2026, 10, 31, 23, 30, tzinfo=PARIS)
    found = constancy_of([Session(late, Outcome.HELD)], late + timedelta(hours=1), PARIS)
    assert found.days_since == 1
    assert [month.held for month in found.months] == [0, 0, 0, 0, 1, 0]
    assert constancy_of([], NOW, PARIS).is_empty
