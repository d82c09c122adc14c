"""Scores as a plain-text table for people; `Evaluation.to_dict` is the same for programs."""

from __future__ import annotations

from callcoach.analysis.evaluation import TOLERANCES_S, Evaluation, Score

#: Width of the names of figures.
LABEL = 34
#: Names of the trivial flags (`evaluation.trivial_flags`).
TRIVIAL = {
    "longest_agent_turn": "longest agent turn, negative",
    "first_objection": "answer to the first objection, neg.",
    "last_agent_turn": "last agent turn, positive",
    "these_three": "these three together",
    "every_agent_turn": "every agent turn, both ways",
}


def render_table(evaluation: Evaluation) -> str:
    """A line a call and TOTAL, then each other figure, then a line a cause."""
    width = max([len("TOTAL"), *(len(call.name) for call in evaluation.calls)])
    lines = [f"{'call':<{width}}  flags  truth  match   prec.  recall     F1"]
    lines += [_line(call.name, call.score, width) for call in evaluation.calls]
    lines += [_line("TOTAL", evaluation.total(), width) + _interval(evaluation, "score"), ""]
    lines += [
        _line(f"by start time alone, {limit:g} s", evaluation.at(limit), LABEL)
        for limit in TOLERANCES_S
    ]
    lines.append(_line("by turn alone, 1 s margin", evaluation.total("by_turn"), LABEL))
    for part in ("negative", "positive"):
        lines.append(
            _line(f"{part} points", evaluation.total(part), LABEL) + _interval(evaluation, part)
        )
    lines.append("")
    for label, value in (
        ("precision of the 3 surest flags", evaluation.precision_at_first),
        ("ranking by confidence, nDCG", evaluation.ranking),
        ("valence right, in place", evaluation.valence_accuracy),
        ("cause right, matched", evaluation.cause_accuracy),
        ("flags per call without any point", evaluation.flags_per_clean_call),
        ("chance line, F1", evaluation.chance_f1),
    ):
        lines.append(f"{label:<{LABEL}}  {_show(value)}")
    if evaluation.baselines:
        lines += ["", "flags that need no analysis"]
        lines += [
            _line(f"  {TRIVIAL.get(name, name)}", score, LABEL + 4)
            for name, score in evaluation.baselines.items()
        ]
    return "\n".join([*lines, "", *_causes(evaluation)])


def _causes(evaluation: Evaluation) -> list[str]:
    lines = [f"{'cause':<22}  flags  in place  right  truth  found"]
    lines += [
        f"{cause.value:<22}  {count.flagged:5d}  {count.in_place:8d}  {count.right:5d}"
        f"  {count.truth:5d}  {count.found:5d}"
        for cause, count in evaluation.causes.items()
        if count.flagged or count.truth
    ]
    return lines


def _interval(evaluation: Evaluation, part: str) -> str:
    found = evaluation.interval(part)
    return f"  [{found[0]:.2f}, {found[1]:.2f}]" if found else ""


def _line(name: str, score: Score, width: int) -> str:
    return (
        f"{name:<{width}}  {score.flagged:5d}  {score.truth:5d}  {score.matched:5d}"
        f"  {_show(score.precision)}  {_show(score.recall)}  {_show(score.f1)}"
    )


def _show(value: float | None) -> str:
    return "     –" if value is None else f"{value:6.2f}"
