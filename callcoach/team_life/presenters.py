"""What a team's page prints: the same for its agents and for who leads it. Plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Team
from callcoach.coaching.models import Note, Visibility
from callcoach.coaching.note_presenters import cause_label
from callcoach.coaching.queries.inbox import excerpt_state
from callcoach.coaching.sharing import is_shared
from callcoach.coaching.team_presenters import TeamCard, team_card
from callcoach.debriefs.constancy import Constancy
from callcoach.debriefs.models import Debrief
from callcoach.debriefs.queries.effects import summary
from callcoach.debriefs.said import said_in
from callcoach.lessons.models import LessonTeam
from callcoach.progress.models import BeforeAfter
from callcoach.progress.own_presenters import (
    ObjectiveView,
    measure_words,
    progress_words,
    state_word,
    typed_bound,
)
from callcoach.team_life.effort import Strip, followed_days
from callcoach.team_life.models import TeamObjective, TeamStandard
from callcoach.team_life.queries import pages
from callcoach.team_life.regularity import Level, Week
from callcoach.web.filters import local_date


@dataclass(frozen=True, slots=True)
class StandardView:
    """How the team works."""

    standard_id: int
    row_version: int
    text: str
    detail: str
    origin: str
    since: datetime
    retired_at: datetime | None
    is_first: bool = False
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class AimView:
    """An objective of the team, and where its calls come from."""

    head: ObjectiveView
    campaign_id: int
    campaign: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class PairView:
    """A before and after that its agent offered: what was aimed at, and what was said then."""

    pair_id: int
    about: str
    said: str
    language: str
    offered_at: datetime


@dataclass(frozen=True, slots=True)
class LessonView:
    """What was learnt, and how far the team has come with it."""

    title: str
    text: str
    words: str
    heard: str


@dataclass(frozen=True, slots=True)
class CellView:
    """A week of a strip."""

    starts_on: date
    level: str
    title: str


@dataclass(frozen=True, slots=True)
class StripView:
    """A kind of effort over the weeks: `words` say what the marks show."""

    label: str
    cells: Sequence[CellView]
    words: str
    detail: str


def standard_views(standards: Sequence[TeamStandard]) -> list[StandardView]:
    """Standards in the order given."""
    last = len(standards) - 1
    return [
        replace(_standard_view(item), is_first=at == 0, is_last=at == last)
        for at, item in enumerate(standards)
    ]


def aim_views(objectives: Sequence[TeamObjective]) -> list[AimView]:
    """Objectives with how far the team has come."""
    return [
        AimView(
            head=_objective_view(item),
            campaign_id=item.campaign_id or 0,
            campaign=item.campaign.name if item.campaign is not None else "",
            is_open=item.closed_at is None,
        )
        for item in objectives
    ]


def note_cards(viewer: Viewer, notes: Sequence[Note]) -> list[TeamCard]:
    """Good moments as colleagues read them, whoever looks: the name and the sound come with the
    agent's yes alone.
    """
    cards: list[TeamCard] = []
    for note in notes:
        if note.is_moment and is_shared(note):
            cards.append(team_card(viewer, note, excerpt_state(viewer, note.call, note)))
        else:
            cards.append(replace(team_card(viewer, note), who="", excerpt="silent"))
    return cards


def _about(note: Note) -> str:
    """What a success is about: what to say instead, which its agent offers with it; of a note for
    named people only the cause.
    """
    said = "" if note.visibility == Visibility.NAMED else note.instead
    return said or cause_label(note.cause) or _("What a note asked for")


def pair_views(pairs: Sequence[BeforeAfter]) -> list[PairView]:
    """Offered befores and afters: the words of the success, pseudonymised; nothing of what was
    said before it.
    """
    return [
        PairView(
            pair_id=pair.id,
            about=_about(pair.recheck.note),
            said=_said_after(pair),
            language=pair.after_call.language,
            offered_at=pair.offered_at,
        )
        for pair in pairs
        if pair.offered_at is not None
    ]


def strip_views(strips: Sequence[Strip]) -> list[StripView]:
    """The weeks, each in a mark and in words."""
    return [
        StripView(
            label=strip.label,
            cells=[_cell(week, is_kept=strip.kept is not None) for week in strip.weeks],
            words=_strip_words(strip),
            detail=_kept_words(strip),
        )
        for strip in strips
    ]


def lesson_views(entries: Sequence[LessonTeam]) -> list[LessonView]:
    """Lessons that the team has taken, newest first."""
    return [
        LessonView(
            title=entry.lesson.title,
            text=entry.lesson.text,
            words=_lesson_words(entry),
            heard=summary(entry.effect).sentence if entry.effect is not None else "",
        )
        for entry in entries
    ]


def ritual_words(constancy: Constancy) -> list[str]:
    """How steadily the team meets, in sentences; none before its first debrief."""
    if constancy.is_empty:
        return []
    found = [
        ngettext(
            "%(num)s debrief held over six months",
            "%(num)s debriefs held over six months",
            constancy.held,
        )
    ]
    if constancy.skipped:
        found.append(ngettext("%(num)s skipped", "%(num)s skipped", constancy.skipped))
    sentence = ", ".join(found) + "."
    if constancy.days_since is None:
        return [sentence]
    if constancy.days_since == 0:
        return [sentence, str(_("The last one was today."))]
    last = ngettext(
        "The last one was %(num)s day ago.",
        "The last one was %(num)s days ago.",
        constancy.days_since,
    )
    return [sentence, last]


def debrief_words(debrief: Debrief | None) -> str:
    """« Weekly debrief, with two teams »."""
    if debrief is None:
        return ""
    others = len(debrief.team_ids) - 1
    if others < 1:
        return debrief.title
    return str(
        ngettext(
            "%(title)s, with %(num)s other team",
            "%(title)s, with %(num)s other teams",
            others,
            title=debrief.title,
        )
    )


def _standard_view(item: TeamStandard) -> StandardView:
    origin = ""
    if item.decision is not None:
        held = item.decision.debrief.started_at or item.decision.debrief.starts_at
        origin = str(_("Decided in the debrief of %(day)s", day=local_date(held)))
    return StandardView(
        standard_id=item.id,
        row_version=item.row_version,
        text=item.text,
        detail=item.detail,
        origin=origin,
        since=item.created_at,
        retired_at=item.retired_at,
    )


def _lesson_words(entry: LessonTeam) -> str:
    origin = _("Learnt here") if entry.is_origin else _("Learnt by another team")
    briefed = _("not briefed yet")
    if entry.briefed_at is not None:
        briefed = _("briefed on %(day)s", day=local_date(entry.briefed_at))
    return f"{origin}, {briefed}"


def _objective_view(item: TeamObjective) -> ObjectiveView:
    state = item.closing or "agreed"
    return ObjectiveView(
        objective_id=item.id,
        row_version=item.row_version,
        text=item.text,
        author=item.author.name if item.author else "",
        starts_on=item.starts_on,
        ends_on=item.ends_on,
        state=state,
        state_word=state_word(state) if item.closed_at else str(_("Under way")),
        measure=item.measure,
        measure_words=measure_words(item),
        progress=_progress(item),
        counter_text="",
        closing_text=item.closing_text,
        bound=typed_bound(item),
        subject=item.subject,
        is_upper=item.is_upper,
    )


def _progress(item: TeamObjective) -> str:
    measure = pages.measured(item)
    if measure.is_too_few:
        return str(
            _(
                "counted once at least %(num)s agents have called, so that it is about nobody",
                num=pages.LEAST_AGENTS,
            )
        )
    return progress_words(item, measure.found)


def _said_after(pair: BeforeAfter) -> str:
    """What the agent said then; the words that were kept when the transcript has gone are not
    shown, for they hold names.
    """
    start_ms, end_ms = pair.after_start_ms, pair.after_end_ms
    said = said_in(pair.after_call, start_ms, end_ms) or []
    own = [part["text"] for part in said if part["speaker"] == "agent"]
    return " ".join(own)


def _cell(week: Week, *, is_kept: bool) -> CellView:
    words = {
        Level.NONE: _("nothing"),
        Level.SOME: _("some were kept") if is_kept else _("one or two days"),
        Level.MOST: _("all were kept") if is_kept else _("three days or more"),
    }
    title = _(
        "Week of %(day)s: %(what)s", day=local_date(week.starts_on), what=str(words[week.level])
    )
    return CellView(week.starts_on, week.level.name.lower(), str(title))


def _strip_words(strip: Strip) -> str:
    total = len(strip.weeks)
    some = sum(week.level > Level.NONE for week in strip.weeks)
    most = sum(week.level == Level.MOST for week in strip.weeks)
    if strip.kept is not None:
        return _kept_share(strip)
    if not some:
        return str(ngettext("none in %(num)s week", "none in %(num)s weeks", total))
    words = _(
        "in %(some)s of %(total)s weeks, on three days or more in %(most)s",
        some=some,
        total=total,
        most=most,
    )
    return str(words)


def _kept_share(strip: Strip) -> str:
    kept = strip.kept
    if kept is None or not kept.total:
        return str(_("none was due yet"))
    return str(
        ngettext(
            "%(kept)s kept of %(num)s promised",
            "%(kept)s kept of %(num)s promised",
            kept.total,
            kept=kept.count,
        )
    )


def _kept_words(strip: Strip) -> str:
    if strip.kept is None:
        return ""
    return str(
        ngettext(
            "A call that ended with “call me back” counts as kept when the same number or company "
            "was called again within %(num)s day.",
            "A call that ended with “call me back” counts as kept when the same number or company "
            "was called again within %(num)s days.",
            followed_days(),
        )
    )


def sounds_to_write(team: Team, viewer: Viewer) -> list[Note]:
    """Moments of the page that the viewer may hear and that a worker has yet to be asked for."""
    return [
        note
        for note in pages.remarkable_notes(team)
        if note.is_moment
        and is_shared(note)
        and (state := excerpt_state(viewer, note.call, note)).state == "writing"
        and state.excerpt is None
    ]
