"""The minutes as text, in the reader's language: what is shown, edited, and printed."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.debriefs.minutes import Decided, Minutes, Part, Unreached, as_it_stands, build
from callcoach.debriefs.models import Debrief, ItemKind
from callcoach.debriefs.queries.minutes import facts_of
from callcoach.web.filters import local_date, local_datetime
from callcoach.web.i18n import LOCALES, speaking

_MINUTE_S = 60


def text_of(debrief: Debrief) -> str:
    """The minutes as they are read: as edited, less what is told no longer, or written from what
    happened.
    """
    return _edited(debrief, strikes=True) or automatic(debrief)


def text_to_edit(debrief: Debrief) -> str:
    """As `text_of`, with the names that whoever edited them wrote: that they can be taken out."""
    return _edited(debrief, strikes=False) or automatic(debrief)


def automatic(debrief: Debrief) -> str:
    """The minutes written from what happened, in the reader's language."""
    return render(build(facts_of(debrief)))


def _edited(debrief: Debrief, *, strikes: bool) -> str:
    """What is left of edited minutes today, whatever language they were edited in; "" for nothing."""
    if not debrief.minutes_text:
        return ""
    facts, today = facts_of(debrief), ""
    for locale in LOCALES:
        with speaking(locale):
            today += render(build(facts))
    return as_it_stands(
        debrief.minutes_text,
        base=debrief.minutes_base,
        today=today,
        hides=facts.hides,
        owners=[row.owner for row in facts.decisions],
        strikes=strikes,
    ).strip()


def heading(debrief: Debrief) -> list[str]:
    """When it was, who led it, for whom: the lines under the title."""
    host = debrief.host.name if debrief.host else _("somebody who has left")
    teams = ", ".join(sorted(row.team.name for row in debrief.teams))
    lines = [
        local_datetime(debrief.started_at or debrief.starts_at),
        _("Led by %(name)s", name=host),
    ]
    if debrief.agent is not None:
        lines.append(_("One-to-one with %(name)s", name=debrief.agent.name))
    elif teams:
        lines.append(_("Team: %(teams)s", teams=teams))
    return [str(line) for line in lines]


def render(minutes: Minutes) -> str:
    """A document as text with ``#`` headings and ``-`` points."""
    lines: list[str] = []
    if minutes.decisions:
        lines += _heading(_("What was decided"))
        lines += [f"- {_decided(row)}" for row in minutes.decisions]
        lines.append("")
    if minutes.parts:
        lines += _heading(_("What was looked at"))
        for part in minutes.parts:
            lines += _part(part)
    if minutes.remarks:
        lines += _heading(_("Also said"))
        lines += [f"- {_line(text)}" for text in minutes.remarks]
        lines.append("")
    if minutes.not_reached:
        waits = _("Not reached: waits for the next debrief")
        lines += _heading(_("Not reached") if minutes.is_one_to_one else waits)
        lines += [f"- {_unreached(row)}" for row in minutes.not_reached]
        lines.append("")
    if not lines:
        lines.append(str(_("Nothing was shown or decided.")))
    return "\n".join(lines).strip() + "\n"


def kind_word(kind: str) -> str:
    """What an item is about, in a word or two."""
    words = {
        ItemKind.MOMENT: _("A moment of a call"),
        ItemKind.THEME: _("A theme"),
        ItemKind.PROGRESS: _("Progress"),
        ItemKind.OBJECTIVE: _("An objective"),
        ItemKind.SCRIPT: _("The script"),
        ItemKind.DRILL: _("A drill together"),
    }
    return str(words[ItemKind(kind)])


def spent_words(spent_s: int) -> str:
    """« 4 minutes »; a time shorter than a minute is one."""
    minutes = max(1, round(spent_s / _MINUTE_S))
    return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))


def _part(part: Part) -> list[str]:
    title = _line(part.title) or kind_word(part.kind)
    lines = [f"### {title} ({spent_words(part.spent_s)})", ""]
    if part.question:
        lines.append(_point(_("Asked: %(question)s", question=_line(part.question))))
    if part.answers:
        count = ngettext("%(num)s answer", "%(num)s answers", part.answers)
        if part.told:
            count = _("%(count)s: %(words)s", count=count, words=_quoted(part))
        lines.append(_point(count))
    if part.reformulation:
        lines.append(_point(_("One could say: %(words)s", words=_line(part.reformulation))))
    lines += [f"- {_line(text)}" for text in part.remarks]
    if lines[-1]:
        lines.append("")
    return lines


def _heading(words: str) -> list[str]:
    return [f"## {words}", ""]


def _point(words: str) -> str:
    return f"- {words}"


def _quoted(part: Part) -> str:
    return " ".join(str(_("“%(words)s”", words=_line(text))) for text in part.told)


def _decided(row: Decided) -> str:
    text, owner = _line(row.text), row.owner
    if owner and row.due_on:
        return str(
            _("%(text)s (%(name)s, by %(day)s)", text=text, name=owner, day=local_date(row.due_on))
        )
    if owner:
        return f"{text} ({owner})"
    if row.due_on:
        return str(_("%(text)s (by %(day)s)", text=text, day=local_date(row.due_on)))
    return text


def _unreached(row: Unreached) -> str:
    return _line(row.title) or kind_word(row.kind)


def _line(text: str) -> str:
    """On one line: what somebody wrote neither begins a heading nor a point."""
    return " ".join(text.split())
