"""The minutes of a debrief, built from what happened in it. Pure: no database, no request.

What is in them is what was before everybody. Not in them: who was there, who answered what, and whose
a difficult moment was: where colleagues are not told whose a moment is, the name of its agent is
struck out of everything that was said about it. Nothing is counted for each agent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

#: Written where a name is struck out.
STRUCK = "…"
#: Parts of names that are words of every sentence, and prove nothing.
_PARTICLES = frozenset({"de", "du", "des", "la", "le", "les", "el", "al", "van", "von", "et"})


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """What somebody would have said there.

    Args:
        is_allowed: they let it be known; otherwise it is only counted.
    """

    text: str
    is_allowed: bool


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item of the agenda, in its order.

    Args:
        kind: one of `models.ItemKind`.
        is_opened: it was before everybody.
        spent_s: for how long.
        question: what was asked, "" when nothing was.
        hides: names that are not told with it.
    """

    title: str
    kind: str
    is_opened: bool
    spent_s: int = 0
    question: str = ""
    answers: tuple[AnswerFacts, ...] = ()
    reformulation: str = ""
    remarks: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """What was decided."""

    text: str
    owner: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened.

    Args:
        remarks: those on no item.
        spent_s: how long it took.
        hides: names that nobody is told in what was said freely: remarks, decisions and answers may
            speak of any moment. Who sees to a decision is told.
    """

    items: tuple[ItemFacts, ...] = ()
    decisions: tuple[DecisionFacts, ...] = ()
    remarks: tuple[str, ...] = ()
    spent_s: int = 0
    hides: tuple[str, ...] = ()
    is_one_to_one: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What was dealt with.

    Args:
        answers: how many said what they would say there.
        told: those of them whose authors let them be known, without a name.
    """

    title: str
    kind: str
    spent_s: int
    question: str
    answers: int
    told: tuple[str, ...]
    reformulation: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with who sees to it, "" for nobody yet, and by when."""

    text: str
    owner: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Unreached:
    """What waits for the next debrief; without a title where that would speak of somebody's moment."""

    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """The document."""

    parts: tuple[Part, ...]
    decisions: tuple[Decided, ...]
    remarks: tuple[str, ...]
    not_reached: tuple[Unreached, ...]
    spent_s: int
    is_one_to_one: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a point of a list, or a paragraph: what the text of minutes is made of.

    Args:
        kind: ``h2``, ``h3``, ``li`` or ``p``.
    """

    kind: str
    text: str


def build(facts: Facts) -> Minutes:
    """The minutes of what happened: every opened item in its order, every decision, and what was
    not reached.
    """
    return Minutes(
        parts=tuple(_part(item, facts.hides) for item in facts.items if item.is_opened),
        decisions=tuple(
            Decided(without_names(row.text, facts.hides), row.owner, row.due_on)
            for row in facts.decisions
        ),
        remarks=tuple(without_names(text, facts.hides) for text in facts.remarks),
        not_reached=tuple(
            # What a moment is called is told once it is before everybody, not earlier
            Unreached(
                "" if item.kind == "moment" else without_names(item.title, item.hides), item.kind
            )
            for item in facts.items
            if not item.is_opened
        ),
        spent_s=facts.spent_s,
        is_one_to_one=facts.is_one_to_one,
    )


def without_names(text: str, names: Iterable[str]) -> str:
    """The text with whole names struck out however they are written, and parts of them where they
    are written as a name is.

    >>> without_names("Fatou Diop a repris ; bravo Fatou, c'est clair.", ["Fatou Diop"])
    "… a repris ; bravo …, c'est clair."
    """
    for name in names:
        parts = name.split()
        if not parts:
            continue
        whole = r"\s+".join(re.escape(part) for part in parts)
        text = re.sub(rf"(?<!\w){whole}(?!\w)", STRUCK, text, flags=re.IGNORECASE)
        for part in re.findall(r"\w{2,}", name):
            if part.casefold() in _PARTICLES:
                continue
            for written in {part, part.capitalize(), part.upper()}:
                if written[0].isupper():
                    text = re.sub(rf"(?<!\w){re.escape(written)}(?!\w)", STRUCK, text)
    return text


def blocks(text: str) -> list[Block]:
    r"""The blocks of a text with ``#`` headings, ``-`` points and paragraphs; anything else is text.

    >>> [block.kind for block in blocks("# Points\n\n- un\n- deux\n\nVoilà\nla suite")]
    ['h2', 'li', 'li', 'p']
    """
    found: list[Block] = []
    paragraph: list[str] = []

    def end_paragraph() -> None:
        if paragraph:
            found.append(Block("p", " ".join(paragraph)))
            paragraph.clear()

    for line in text.splitlines():
        stripped = line.strip()
        heading = re.fullmatch(r"(#{1,6})\s+(.+)", stripped)
        point = re.fullmatch(r"[-*•]\s+(.+)", stripped)
        if heading or point or not stripped:
            end_paragraph()
        if heading:
            found.append(Block("h2" if len(heading[1]) < 3 else "h3", heading[2]))
        elif point:
            found.append(Block("li", point[1]))
        elif stripped:
            paragraph.append(stripped)
    end_paragraph()
    return found


def lines_of(text: str) -> set[str]:
    """The lines of a text that say something, without the space around them."""
    return {line.strip() for line in text.splitlines()} - {""}


def as_it_stands(
    text: str,
    *,
    base: str,
    today: str,
    hides: Sequence[str],
    owners: Sequence[str],
    strikes: bool = True,
) -> str:
    """An edited text as it is read today: names that are not told now are struck out, and lines that
    were written automatically are left out where they no longer would be.

    Args:
        base: those of its lines that were written automatically.
        today: what is written automatically now; its lines are told as they are.
        hides: names that are not told.
        owners: who sees to decisions: told where a line ends with them as a decision does.
        strikes: also in lines that a person wrote; otherwise those keep their names.
    """
    was, now = lines_of(base), lines_of(today)
    kept = []
    for line in text.splitlines():
        written = line.strip()
        struck = line if written in now else _struck(line, hides, owners)
        if written not in was or struck.strip() in now:
            kept.append(struck if strikes or written in was else line)
    return "\n".join(kept).strip() + "\n"


def _struck(line: str, hides: Sequence[str], owners: Sequence[str]) -> str:
    told = "|".join(re.escape(name) for name in owners if name)
    end = re.search(rf" \((?:{told})(?:, [^()]*)?\)\s*$", line) if told else None
    at = end.start() if end else len(line)
    return without_names(line[:at], hides) + line[at:]


def names_added(text: str, automatic: str, names: Sequence[str]) -> list[str]:
    """Of `names`, those on lines of an edited text that the automatic one does not have: whoever
    edits is told before colleagues read it.
    """
    known = {line.strip() for line in automatic.splitlines()}
    added = [line for line in text.splitlines() if line.strip() not in known]
    return [name for name in names if any(without_names(line, [name]) != line for line in added)]


def _part(item: ItemFacts, hides: tuple[str, ...]) -> Part:
    said = (*item.hides, *hides)
    return Part(
        title=without_names(item.title, item.hides),
        kind=item.kind,
        spent_s=item.spent_s,
        question=without_names(item.question, item.hides),
        answers=len(item.answers),
        told=tuple(
            without_names(answer.text, said) for answer in item.answers if answer.is_allowed
        ),
        reformulation=without_names(item.reformulation, item.hides),
        remarks=tuple(without_names(text, said) for text in item.remarks),
    )
