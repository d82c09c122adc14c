"""The phrases, sentences and thresholds of a campaign as its page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.analysis import wording
from callcoach.analysis.intents import BACKGROUND, load_intents
from callcoach.analysis.lexicon import list_names
from callcoach.analysis.thresholds import THRESHOLDS, Threshold
from callcoach.calls.presenters import clock, heading, language
from callcoach.calls.queries import calls_by_id
from callcoach.campaigns.models import Campaign
from callcoach.learning.phrase_changes import visible_sources
from callcoach.learning.phrase_previews import SHOWN, FlagPreview, Place
from callcoach.tuning.models import CampaignPhrase, PhraseRole
from callcoach.tuning.queries import phrases_of, tuning_of
from callcoach.tuning.vocabulary import intents, packaged_phrases, same_words
from callcoach.web.filters import number

#: A moment is played from this much before it, milliseconds, as on its card.
_LEAD_MS = 2_000


@dataclass(frozen=True, slots=True)
class OwnPhrase:
    """One of the campaign's own.

    Args:
        text: "" where it is the words of a call that the viewer does not see.
        source_url: the call it was learnt from; "" for a person's own, or one out of sight.
    """

    phrase_id: int
    text: str
    source_url: str
    is_learnt: bool

    @property
    def is_hidden(self) -> bool:
        return not self.text


@dataclass(frozen=True, slots=True)
class PackagedPhrase:
    """A phrase of the engine; `removed_id` is the campaign's phrase that takes it out, or 0."""

    text: str
    removed_id: int


@dataclass(frozen=True, slots=True)
class ListView:
    """A phrase list, or the sentences of an intent."""

    name: str
    label: str
    use: str
    packaged: tuple[PackagedPhrase, ...]
    patterns: tuple[PackagedPhrase, ...]
    own: tuple[OwnPhrase, ...]
    is_open: bool

    @property
    def changes(self) -> str:
        """How the campaign's list differs, in words; "" when it does not."""
        removed = sum(1 for item in (*self.packaged, *self.patterns) if item.removed_id)
        parts = []
        if self.own:
            parts.append(_("%(count)s added", count=len(self.own)))
        if removed:
            parts.append(_("%(count)s taken out", count=removed))
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class BoundView:
    """A threshold; numbers as they are written, `own` "" while the engine's own holds."""

    name: str
    label: str
    packaged: str
    range: str
    unit: str
    low: float
    high: float
    step: str
    own: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class BoundGroup:
    """Thresholds of one detector."""

    name: str
    label: str
    bounds: tuple[BoundView, ...]
    is_open: bool

    @property
    def own_count(self) -> int:
        return sum(1 for bound in self.bounds if bound.own)


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A place in a call, with the address to hear it at."""

    url: str
    heading: str
    clock: str
    quote: str
    who: str
    label: str
    mark: str


def engine_word(topic: str, name: str) -> str:
    """The engine's own words for a name; the name itself where it has none."""
    text = wording.catalogue().get(f"{topic}.{name}")
    return text[language()] if text else name.replace("_", " ").replace(".", " · ")


def title(text: str) -> str:
    """With a capital, as a line of its own begins."""
    return text[:1].upper() + text[1:]


def lists_of(viewer: Viewer, campaign: Campaign, wanted: str) -> list[ListView]:
    """The engine's phrase lists with the campaign's changes; with `wanted` only phrases that hold
    these words, and lists that have one or are called so.
    """
    own = phrases_of(campaign.id)
    sources = _sources(viewer, own)
    found = []
    for name in list_names(campaign.language):
        removed = {
            phrase.text: phrase.id
            for phrase in own
            if phrase.role == PhraseRole.REMOVED and phrase.list_name == name
        }
        packaged = [
            PackagedPhrase(text, removed.get(text, 0))
            for text in packaged_phrases(name, campaign.language)
        ]
        added = _own(own, sources, PhraseRole.ADDED, name)
        label = engine_word("list", name)
        if wanted and same_words(wanted) not in same_words(label):
            packaged = [item for item in packaged if _holds(item.text, wanted)]
            added = [item for item in added if _holds(item.text, wanted)]
            if not packaged and not added:
                continue
        found.append(_list(name, "list", packaged, added, is_open=bool(wanted)))
    return found


def meanings_of(viewer: Viewer, campaign: Campaign, wanted: str) -> list[ListView]:
    """The sentences by which meanings are known, and last those that mean none of them."""
    own = phrases_of(campaign.id)
    sources = _sources(viewer, own)
    packaged: dict[str, list[str]] = {}
    for intent in load_intents(campaign.language).values():
        packaged.setdefault(intent.list_name, []).extend(intent.sentences)
    found = []
    for name in (*intents(campaign.language), ""):
        role = PhraseRole.PROTOTYPE if name else PhraseRole.BACKGROUND
        sentences = [PackagedPhrase(text, 0) for text in packaged.get(name, ())]
        added = _own(own, sources, role, name)
        if wanted:
            sentences = [item for item in sentences if _holds(item.text, wanted)]
            added = [item for item in added if _holds(item.text, wanted)]
            if not sentences and not added:
                continue
        found.append(_list(name or BACKGROUND, "list", sentences, added, is_open=bool(wanted)))
    return found


def bounds_of(campaign: Campaign, wanted: str) -> list[BoundGroup]:
    """The thresholds by detector, with the campaign's own values."""
    own = tuning_of(campaign.id).bounds
    groups: dict[str, list[BoundView]] = {}
    for threshold in THRESHOLDS.values():
        view = _bound(threshold, own.get(threshold.name))
        if wanted and not (_holds(view.label, wanted) or _holds(threshold.name, wanted)):
            continue
        groups.setdefault(threshold.name.partition(".")[0], []).append(view)
    return [
        BoundGroup(name, _group_label(name), tuple(views), bool(wanted))
        for name, views in groups.items()
    ]


def bound_view(name: str, own: float | None) -> BoundView:
    """One threshold of this name."""
    return _bound(THRESHOLDS[name], own)


def measure(value: float, unit: str) -> str:
    """A number with its unit as the threshold has it: what is typed is what is shown."""
    label = wording.catalogue().get(f"unit.{unit}")
    written = number(value, 2).rstrip("0").rstrip(",.")
    return f"{written}\u00a0{label[language()]}" if label else written


def word_places(viewer: Viewer, places: Sequence[Place]) -> list[PlaceView]:
    """Where words were said, with their calls."""
    return _place_views(viewer, places)


def flag_places(viewer: Viewer, preview: FlagPreview) -> tuple[list[PlaceView], list[PlaceView]]:
    """Flags that would come, and those that would go; the first of each."""
    return (
        _place_views(viewer, preview.come[:SHOWN]),
        _place_views(viewer, preview.go[:SHOWN]),
    )


def _place_views(viewer: Viewer, places: Sequence[Place]) -> list[PlaceView]:
    calls = {call.id: call for call in calls_by_id(viewer, {place.call_id for place in places})}
    views = []
    for place in places:
        call = calls.get(place.call_id)
        if call is None:
            continue
        at_ms = max(0, place.start_ms - _LEAD_MS)
        views.append(
            PlaceView(
                url=url_for("coaching.desk", call_id=call.id, t=f"{at_ms / 1000:g}"),
                heading=heading(call),
                clock=clock(place.start_ms),
                quote=place.quote,
                who=wording.speaker_label(place.speaker, language()) if place.speaker else "",
                label=wording.cause_label(place.cause, language()) if place.cause else "",
                mark={"negative": "▼", "positive": "▲"}.get(place.valence, ""),
            )
        )
    return views


def _list(
    name: str,
    topic: str,
    packaged: Sequence[PackagedPhrase],
    own: Sequence[OwnPhrase],
    *,
    is_open: bool,
) -> ListView:
    label = engine_word(topic, name)
    use = wording.catalogue().get(f"{topic}.{name}.use")
    return ListView(
        name=name,
        label=_("Nothing of the kind") if name == BACKGROUND else title(label),
        use=use[language()] if use else "",
        packaged=tuple(item for item in packaged if not item.text.startswith("re:")),
        patterns=tuple(item for item in packaged if item.text.startswith("re:")),
        own=tuple(own),
        is_open=is_open,
    )


def _own(
    phrases: Iterable[CampaignPhrase], sources: Mapping[int, str], role: PhraseRole, name: str
) -> list[OwnPhrase]:
    return [
        OwnPhrase(
            phrase.id,
            phrase.text if phrase.source_call_id in {None, *sources} else "",
            sources.get(phrase.source_call_id or 0, ""),
            phrase.source_call_id is not None,
        )
        for phrase in phrases
        if phrase.role == role and phrase.list_name == name
    ]


def _sources(viewer: Viewer, phrases: Iterable[CampaignPhrase]) -> dict[int, str]:
    """Addresses of the calls that phrases were learnt from, as far as the viewer sees them."""
    return {
        call_id: url_for("coaching.desk", call_id=call_id)
        for call_id in visible_sources(viewer, phrases)
    }


def _bound(threshold: Threshold, own: float | None) -> BoundView:
    whole = threshold.unit in ("count", "words")
    return BoundView(
        name=threshold.name,
        label=title(engine_word("threshold", threshold.name)),
        packaged=measure(threshold.value, threshold.unit),
        range=_(
            "%(low)s to %(high)s",
            low=measure(threshold.low, threshold.unit),
            high=measure(threshold.high, threshold.unit),
        ),
        unit=threshold.unit,
        low=threshold.low,
        high=threshold.high,
        step="1" if whole else "any",
        own=measure(own, threshold.unit) if own is not None else "",
        value=f"{threshold.value if own is None else own:g}",
        source=threshold.source,
    )


def _group_label(name: str) -> str:
    """A detector by its cause, where it is called so."""
    try:
        return title(wording.cause_label(name, language()))
    except (KeyError, ValueError):
        return title(engine_word("detector", name))


def _holds(text: str, wanted: str) -> bool:
    return same_words(wanted) in same_words(text)
