"""The figures of a call in words, each beside what is usual on this floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from callcoach.analysis import wording
from callcoach.analysis.model import Figure
from callcoach.calls.models import AnalysisRun
from callcoach.calls.norms import Norm, Range
from callcoach.calls.presenters import language


@dataclass(frozen=True, slots=True)
class FigureView:
    """A figure with its definition; a missing one says why instead.

    Args:
        norm: what is usual on this floor, in words; "" for those who are not told, and where no
            figure has enough calls: the page says that once (`no_norm_yet`).
        won, lost: the same of won and of lost calls, where there are enough of each.
    """

    name: str
    label: str
    text: str
    definition: str
    is_missing: bool
    norm: str = ""
    won: str = ""
    lost: str = ""


def figure_views(
    analysis: AnalysisRun, norms: Mapping[str, Norm] | None = None
) -> list[FigureView]:
    """Every figure that today's catalogue can name, computed ones first."""
    has_any = any(norm.all_calls.is_known for norm in (norms or {}).values())
    views = []
    for name, data in analysis.figures.items():
        unit = data["unit"]
        try:
            label = wording.figure_label(name, language())
            definition = wording.figure_definition(name, language())
            text = wording.figure_text(Figure(data["value"], unit, data.get("reason")), language())
        except KeyError:
            continue
        norm = norms.get(name) if norms is not None else None
        views.append(
            FigureView(
                name,
                label,
                text,
                definition,
                data["value"] is None,
                norm=_usual(norm.all_calls, unit) if norm and has_any else "",
                won=_between(norm.won, unit) if norm and norm.won else "",
                lost=_between(norm.lost, unit) if norm and norm.lost else "",
            )
        )
    return sorted(views, key=lambda view: view.is_missing)


def no_norm_yet(norms: Mapping[str, Norm]) -> str:
    """That there are too few calls for any figure; "" when there are enough for one."""
    if any(norm.all_calls.is_known for norm in norms.values()):
        return ""
    most = max((norm.all_calls.count for norm in norms.values()), default=0)
    return str(_("no reference yet (n = %(count)s)", count=most))


def _usual(found: Range, unit: str) -> str:
    if not found.is_known:
        return str(_("no reference yet (n = %(count)s)", count=found.count))
    return str(_("your floor: %(range)s", range=_between(found, unit)))


def _between(found: Range, unit: str) -> str:
    """« 38–52 %, median 44 %, n = 41 »."""
    low, middle, high = (
        wording.figure_text(Figure(value, unit), language())
        for value in (found.low, found.median, found.high)
    )
    number = low.partition("\u00a0")[0]
    return str(
        _(
            "%(low)s–%(high)s, median %(median)s, n = %(count)s",
            low=number,
            high=high,
            median=middle,
            count=found.count,
        )
    )
