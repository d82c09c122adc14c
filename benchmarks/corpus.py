"""Labelled calls for the benchmarks, and phrase lists without what only some of them taught.

The phrase lists were written by people who had read the calls that the engine is measured on. An
entry that is said in the calls of one group only (a writer's, or the samples) may have been copied
from them, so it is hidden when that group is measured. Entries under ``general`` were written from
general knowledge of the language, by somebody who had read none of the calls: they always stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from callcoach.analysis.embedding import Embedder
from callcoach.analysis.lexicon import Lexicon, Phrases, find, prepare, read_lexicon, read_turn
from callcoach.analysis.model import CallContext, Segment, Speaker, Track, Word
from callcoach.analysis.scene import Scene
from callcoach.analysis.text import tokens
from callcoach.analysis.truth import Truth, load_truth, tracks_from_turns, truth_from_dict
from callcoach.analysis.turns import Conversation, build_conversation

#: Read once, so that a run sees one state of the lists.
read_lists = cache(read_lexicon)
#: The agent's channel as recognition or a metadata file writes it; anything else is mixed.
AGENT_CHANNELS: dict[Any, int] = {"left": 0, "right": 1, 0: 0, 1: 1}
#: What the words come from: the truth file, each channel apart, or both mixed into one.
PERFECT, RECOGNISED, MIXED = "perfect", "recognised", "mixed"
#: Group of calls whose truth names no writer.
SAMPLES = "samples"
#: Calls that were written as text and never spoken; see `load_written`.
WRITTEN = "written"
WRITTEN_CALLS = Path(__file__).parent / "data" / "written_calls.jsonl"
#: Seconds before the first voice and after the last; the shortest turn; the least silence between
#: two turns of one side.
RING_S, SHORTEST_S, BREATH_S = 1.0, 0.35, 0.05


@dataclass(frozen=True)
class Call:
    """One call in one form: `PERFECT`, `RECOGNISED`, `MIXED` or `WRITTEN`."""

    name: str
    group: str
    form: str
    truth: Truth
    conversation: Conversation

    def scene(self, lexicon: Lexicon | None = None, embedder: Embedder | None = None) -> Scene:
        """The call as detectors see it, with these phrase lists."""
        return Scene(self.conversation, CallContext(), "fr", lexicon, embedder)


def read_tracks(path: Path) -> tuple[tuple[Track, ...], int | None]:
    """Tracks as recognition stored them, and the agent's channel."""
    data = json.loads(path.read_text(encoding="utf-8"))
    tracks = tuple(
        Track(
            item["channel"],
            tuple(Segment(*span) for span in item["voice"]),
            tuple(Word(*word) for word in item["words"]),
            Speaker(item["speaker"]) if item.get("speaker") else None,
        )
        for item in data["tracks"]
    )
    return tracks, AGENT_CHANNELS.get(data["agent_channel"])


def load_calls(
    folder: Path, tracks_folder: Path | None, mixed_folder: Path | None = None
) -> list[Call]:
    """Every call of `folder`, as perfect transcript and in the other forms that there are."""
    calls: list[Call] = []
    for path in sorted(folder.glob("*.truth.json")):
        truth = load_truth(path)
        stem = path.name.removesuffix(".truth.json")
        forms: list[tuple[str, Sequence[Track], int | None]] = [
            (PERFECT, tracks_from_turns(truth.turns), 0)
        ]
        for form, tracks_of in ((RECOGNISED, tracks_folder), (MIXED, mixed_folder)):
            if tracks_of is not None and (tracks_of / f"{stem}.json").exists():
                forms.append((form, *read_tracks(tracks_of / f"{stem}.json")))
        for form, tracks, agent_channel in forms:
            conversation = build_conversation(
                tracks,
                duration_s=truth.duration_s,
                agent_channel=agent_channel,
                separate=len({track.channel for track in tracks}) > 1,
            )
            calls.append(Call(stem, truth.writer or SAMPLES, form, truth, conversation))
    return calls


def load_written(path: Path = WRITTEN_CALLS) -> list[Call]:
    """Calls by three further writers, who had read neither the phrase lists nor any other call.

    Two in three have no tipping point: of the spoken calls nearly all have some, and say little about
    abstaining. One JSON object a line; a turn is who speaks, the silence before it in seconds
    (negative: an overlap), the letters a second, and the words. They are their own group each.
    """
    calls: list[Call] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        truth = truth_from_dict(_timed(json.loads(line)))
        conversation = build_conversation(
            tracks_from_turns(truth.turns),
            duration_s=truth.duration_s,
            agent_channel=0,
            separate=True,
        )
        calls.append(Call(truth.id, truth.writer, WRITTEN, truth, conversation))
    return calls


def _timed(data: dict[str, Any]) -> dict[str, Any]:
    """A written call as a truth file holds it."""
    turns: list[dict[str, Any]] = []
    ends: dict[str, float] = {}
    at = RING_S
    for place, (speaker, gap_s, letters_a_second, text) in enumerate(data["turns"]):
        start = max(at + (gap_s if place else 0.0), ends.get(speaker, -BREATH_S) + BREATH_S, 0.0)
        at = ends[speaker] = start + max(SHORTEST_S, len(text) / letters_a_second)
        turns.append(
            {"speaker": speaker, "start_s": round(start, 2), "end_s": round(at, 2), "text": text}
        )
    points = []
    for point in data["tipping_points"]:
        turn = turns[point["turn"]]
        bounds = {"start_s": turn["start_s"], "turn_start_s": turn["start_s"]}
        points.append({**point, **bounds, "turn_end_s": turn["end_s"]})
    duration_s = max(turn["end_s"] for turn in turns) + RING_S
    return {**data, "turns": turns, "tipping_points": points, "duration_s": duration_s}


#: For every list and entry, the groups in whose calls it is said.
Support = Mapping[str, Mapping[str, frozenset[str]]]


def support_of(calls: Iterable[Call], language: str = "fr") -> Support:
    """Where every entry of the packaged lists is said, by either side, in either form."""
    texts = [
        (call.group, read_turn(turn, language))
        for call in calls
        for turn in call.conversation.turns
    ]
    support: dict[str, dict[str, frozenset[str]]] = {}
    for name, entry in read_lists(language).items():
        support[name] = {}
        for phrase in entry.get("phrases", ()):
            wanted = prepare([phrase], language)
            groups: set[str] = set()
            for group, read in texts:
                if group not in groups and find(read, wanted):
                    groups.add(group)
            support[name][phrase] = frozenset(groups)
    return support


def lexicon_without(hidden: Iterable[str], support: Support, language: str = "fr") -> Lexicon:
    """The packaged lists without the entries that are said only in calls of `hidden` groups.

    A general entry that contains one of those goes with it, since it would find the same words.
    """
    gone = frozenset(hidden)
    dropped = {
        " ".join(tokens(phrase))
        for entries in support.values()
        for phrase, groups in entries.items()
        if groups and groups <= gone and not phrase.startswith("re:")
    }

    def copies(phrase: str) -> bool:
        words = tokens(phrase)
        parts = (
            " ".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)
        )
        return not phrase.startswith("re:") and any(part in dropped for part in parts)

    lists: dict[str, Phrases] = {}
    for name, entry in read_lists(language).items():
        kept = [p for p in entry.get("phrases", ()) if not (s := support[name][p]) or s - gone]
        lists[name] = prepare(
            [*kept, *(p for p in entry.get("general", ()) if not copies(p))], language
        )
    return lists
