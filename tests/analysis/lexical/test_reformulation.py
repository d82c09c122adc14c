"""D20: said again in other words."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import Cause
from tests.analysis.detecting import Said, make_scene, measured, raised

TOLD: Said = (
    "P",
    1.0,
    9.0,
    "Les factures arrivent en retard et ma comptable ressaisit tout le soir.",
)


def _call(
    text: str,
    answer: str = "Voilà, exactement, et la clôture mensuelle déborde toujours sur le week-end.",
    end: float = 22.0,
    told: Said = TOLD,
    language: str = "fr",
) -> object:
    return raised(
        make_scene(told, ("A", 9.6, 15.0, text), ("P", 15.3, end, answer), language=language), "D20"
    )


REPHRASED = "Si je vous suis bien, le plus long, c'est d'attendre les factures et de ressaisir."


def test_a_rephrasing_that_opens_is_raised() -> None:
    found = _call(REPHRASED)
    assert [(c.cause, c.severity) for c in found] == [(Cause.REFORMULATION, 2)]  # type: ignore[attr-defined]
    assert (measured(found[0]).value, measured(found[0]).bound) == (2.0, 3.0)  # type: ignore[index]


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        ("Voilà, exactement, et la clôture mensuelle déborde toujours sur le week-end.", 18.0),
        ("Voilà, exactement, c'est bien cela, les factures, comme je vous disais.", 22.0),
    ],
    ids=["a short answer", "nothing new"],
)
def test_a_rephrasing_that_opens_nothing_is_not_raised(answer: str, end: float) -> None:
    assert _call(REPHRASED, answer, end) == []


def test_a_bare_echo_and_another_subject_are_not_raised() -> None:
    assert _call("Les factures arrivent en retard, ma comptable ressaisit tout le soir.") == []
    assert _call("Nous travaillons avec des maisons de toute la région depuis vingt ans.") == []


def test_it_reads_english() -> None:
    told: Said = (
        "P",
        1.0,
        9.0,
        "The invoices arrive late and my accountant types everything again.",
    )
    assert _call(
        "If I understand, the longest is waiting for invoices and typing twice.",
        "Exactly, and the monthly closing always runs over the weekend for everybody.",
        told=told,
        language="en",
    )
