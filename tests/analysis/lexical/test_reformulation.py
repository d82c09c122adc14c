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
    answer: str = "Voilà, exactement.",
    end: float = 18.0,
    told: Said = TOLD,
    language: str = "fr",
) -> object:
    return raised(
        make_scene(told, ("A", 9.6, 15.0, text), ("P", 15.3, end, answer), language=language), "D20"
    )


@pytest.mark.parametrize(("end", "severity"), [(18.0, 1), (22.0, 2)])
def test_a_rephrasing_is_raised(end: float, severity: int) -> None:
    found = _call(
        "Si je vous suis bien, le plus long, c'est d'attendre les factures et de ressaisir.",
        end=end,
    )
    assert [(c.cause, c.severity) for c in found] == [(Cause.REFORMULATION, severity)]  # type: ignore[attr-defined]
    assert (measured(found[0]).value, measured(found[0]).bound) == (2.0, 3.0)  # type: ignore[index]


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
        told=told,
        language="en",
    )
