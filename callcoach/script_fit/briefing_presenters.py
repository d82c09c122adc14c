"""What a version changes, as an agent reads it: what is new, what is said otherwise, what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.analysis.adherence import LIMITS
from callcoach.analysis.adherence_words import pattern, shared
from callcoach.script_fit.briefing_queries import Briefing
from callcoach.script_fit.example_queries import ExampleView, examples_by_key
from callcoach.script_library.changes import Difference, LineChange, Status, What, Words
from callcoach.script_library.labels import address_choices, section_title, what_label


@dataclass(frozen=True, slots=True)
class Note:
    """A smaller thing of a line that changed: its pace, words to avoid …"""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Wording:
    """Words of a line for a persona, "" for everybody, woven with what was said before."""

    persona: str
    before: str
    after: str
    pieces: Sequence[Words]


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line to learn anew.

    Args:
        status: ``added``, ``removed``, ``changed`` or ``moved``.
    """

    key: str
    status: str
    sign: str
    word: str
    section: str
    answers: str
    wordings: Sequence[Wording]
    notes: Sequence[Note]
    is_required: bool
    examples: Sequence[ExampleView]


def changed_lines(viewer: Viewer, briefing: Briefing) -> list[ChangedLine]:
    """What is to be read, in the order of the script. What moved with nothing else is told too."""
    found = list(_changes(briefing.difference))
    keys = [change.key for _section, change in found]
    examples = examples_by_key(viewer, briefing.version.script_id, keys)
    return [_line(section, change, examples.get(change.key, ())) for section, change in found]


def _changes(difference: Difference) -> Iterable[tuple[str, LineChange]]:
    for section in difference.sections:
        place = section.after or section.before
        for line in section.lines:
            if line.is_change:
                yield section_title(place) if place else "", line


def _line(section: str, change: LineChange, examples: Sequence[ExampleView]) -> ChangedLine:
    status = "moved" if change.status is Status.SAME else change.status.value
    line = change.after or change.before
    assert line is not None  # a change has at least one side
    sign, word = {
        "added": ("+", _("New")),
        "removed": ("−", _("No longer said")),
        "changed": ("≠", _("Said otherwise")),
        "moved": ("↕", _("Elsewhere in the call")),
    }[status]
    return ChangedLine(
        key=change.key,
        status=status,
        sign=sign,
        word=word,
        section=section,
        answers=line.answers,
        wordings=_wordings(change),
        notes=[
            Note(
                what_label(item.what), _value(item.what, item.before), _value(item.what, item.after)
            )
            for item in change.details
            if item.what in _SMALL
        ],
        is_required=line.is_required,
        examples=_examples(change, examples),
    )


def _examples(change: LineChange, examples: Sequence[ExampleView]) -> list[ExampleView]:
    """The examples of a line; those that have its old words are not how it is said any more, and
    come last.
    """
    before, after = (line.wordings() if line else () for line in (change.before, change.after))
    told = [
        replace(each, is_good=False, is_before=True)
        if says_before(each.quote, before, after)
        else each
        for each in examples
    ]
    return sorted(told, key=lambda each: each.is_before)


def says_before(quote: str, before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether words that were said are nearer to what a line was than to what it is.

    Args:
        before, after: all wordings of the line; nothing is nearer to one that there is not.

    >>> says_before("une démonstration mardi", ["Une démonstration ?"], ["Une étude ?"])
    True
    """
    if not before or not after:
        return False
    said = pattern(quote).words
    was, now = (max(shared(pattern(text), said) for text in texts) for texts in (before, after))
    return was >= LIMITS.said and was > now


_SMALL = {What.ADDRESS, What.PACE, What.USE, What.AVOID, What.ANSWERS}
_WORDS = {What.TEXT, What.VARIANT_ADDED, What.VARIANT_REMOVED, What.VARIANT_TEXT}


def _wordings(change: LineChange) -> list[Wording]:
    if change.status is Status.ADDED and change.after is not None:
        common = Wording("", "", change.after.text, ())
        variants = [Wording(item.persona, "", item.text, ()) for item in change.after.variants]
        return [common, *variants]
    if change.status is Status.REMOVED and change.before is not None:
        return [Wording("", change.before.text, "", ())]
    reworded = [
        Wording(item.persona, item.before, item.after, item.words)
        for item in change.details
        if item.what in _WORDS
    ]
    if reworded or change.after is None:
        return reworded
    return [Wording("", change.after.text, change.after.text, ())]


def _value(what: What, value: str) -> str:
    return dict(address_choices()).get(value, value) if what is What.ADDRESS else value
