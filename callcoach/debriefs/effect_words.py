"""What pages say of effects: counts with n and interval, and what they allow one to say."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.debriefs.effects import Change, Counted
from callcoach.progress.counting import Share
from callcoach.progress.models import Heard
from callcoach.progress.presenters import share_words
from callcoach.web.filters import percent

#: A shape beside the word, never colour alone: better, the other way, too early.
SHAPES: Mapping[bool | None, tuple[str, str]] = {
    True: ("✓", "chip-click"),
    False: ("↺", "chip-break"),
    None: ("…", ""),
}


def change_word(change: Change, *, is_wanted: bool) -> str:
    """How often it shows since, in a word or two."""
    if change is Change.TOO_EARLY:
        return str(_("Too early to say"))
    if change is Change.MORE:
        return str(_("Heard more often") if is_wanted else _("More often than before"))
    return str(_("Heard less often") if is_wanted else _("Rarer than before"))


def sentence(before: Share, after: Share, change: Change, *, is_by_ear: bool) -> str:
    """« Heard in 4 of 9 drawn calls since (24–69 %), in 1 of 10 before (3–36 %): more often ».

    Args:
        is_by_ear: only calls that a person listened to are counted.
    """
    if not before.total and not after.total:
        if is_by_ear:
            return str(_("Nobody has listened to a drawn call yet: too early to say."))
        return str(_("No call has been drawn yet: too early to say."))
    parts = [_since(after), _before(before)]
    saying = {
        Change.MORE: _("more often than before"),
        Change.LESS: _("rarer than before"),
        Change.TOO_EARLY: _("too early to say"),
    }[change]
    return str(_("%(counts)s: %(saying)s.", counts=", ".join(parts), saying=saying))


def details(counts: Counted, *, is_by_ear: bool) -> tuple[str, ...]:
    """How it was counted, line by line."""
    lines = []
    if not is_by_ear:
        lines.append(_("Since, found or heard: %(share)s", share=share_words(counts.after)))
        lines.append(_("Before, found or heard: %(share)s", share=share_words(counts.before)))
    lines.append(_("Since, heard by a person: %(share)s", share=share_words(counts.heard_after)))
    lines.append(_("Before, heard by a person: %(share)s", share=share_words(counts.heard_before)))
    return tuple(str(line) for line in lines)


def heard_word(heard: str | None) -> str:
    """What somebody heard in a drawn call; "" while nobody has."""
    if heard is None:
        return ""
    words = {
        Heard.CAME_BACK: _("it is there"),
        Heard.HELD: _("it is not there"),
        Heard.NOT_APPLICABLE: _("it did not arise"),
    }
    return str(words[Heard(heard)])


def found_word(is_detected: bool | None) -> str:
    """What the detector says of a drawn call."""
    if is_detected is None:
        return str(_("to be heard by a person"))
    return str(_("found, not listened to") if is_detected else _("not found, not listened to"))


def _since(share: Share) -> str:
    if not share.total:
        return str(_("No drawn call since"))
    return ngettext(
        "Heard in %(count)s of %(num)s drawn call since (%(bounds)s)",
        "Heard in %(count)s of %(num)s drawn calls since (%(bounds)s)",
        share.total,
        count=share.count,
        bounds=_bounds(share),
    )


def _before(share: Share) -> str:
    if not share.total:
        return str(_("none before to compare with"))
    return str(
        _(
            "in %(count)s of %(total)s before (%(bounds)s)",
            count=share.count,
            total=share.total,
            bounds=_bounds(share),
        )
    )


def _bounds(share: Share) -> str:
    low, high = share.interval
    return str(_("%(low)s to %(high)s", low=percent(low), high=percent(high)))
