"""The sound that goes with a released redaction: what is struck is beeped out of every channel.

A worker makes it from the playback file; the original is served by nothing here. Each file's key
carries a fingerprint of what it was made of, and all go with the recording's sound
(`calls.beeped.all_beeped`), as well as when the redaction is withdrawn or replaced.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, or_, select

from callcoach.accounts.access import Viewer
from callcoach.calls.beeped import KIND
from callcoach.calls.events import on_purged, on_words_changed
from callcoach.calls.models import Call
from callcoach.extensions import db
from callcoach.jobs import operations as jobs
from callcoach.privacy.fitting import fingerprint_of
from callcoach.privacy.models import Redaction
from callcoach.privacy.queries import is_released, newest_of, strikes_of
from callcoach.privacy.subjects import EXCERPT, SOUND, excerpt_subject, redaction_subject
from callcoach.speech.beeps import RULES
from callcoach.storage.models import StoredFile
from callcoach.storage.operations import delete_file
from callcoach.storage.store import derived_key

#: An excerpt lasts at most this long; longer, the whole call is played.
MAX_EXCERPT_MS = 120_000


@dataclass(frozen=True, slots=True)
class Cut:
    """All that one redacted sound follows from.

    Args:
        source_key: of the playback file.
        start_ms, end_ms: half-open, from the start of the recording.
        covered: ``(start_ms, end_ms)`` of what is beeped out, without padding.
        silenced: of what is silent: the agent's turns, where their voice is not played.
        channel: the only one that is played, or None for all.
    """

    source_key: str
    start_ms: int
    end_ms: int
    covered: tuple[tuple[int, int], ...]
    silenced: tuple[tuple[int, int], ...]
    channel: int | None

    @property
    def key(self) -> str:
        """Where the file lies in the store."""
        said = json.dumps([RULES, asdict(self)], sort_keys=True)
        print_ = hashlib.sha256(said.encode()).hexdigest()[:16]
        return derived_key(self.source_key, f"{self.start_ms}-{self.end_ms}.redacted-{print_}")


def cut_of(
    redaction: Redaction, start_ms: int | None, end_ms: int | None, *, agent_voice: bool
) -> Cut | None:
    """What a redacted sound is made of; None when none can be: not released, or without sound.

    Without the agent's voice, their channel is left out, and on the other, or where both speak on
    one, their turns are silent: a telephone line leaks.
    """
    call = redaction.call
    playback = call.recording.playback if call.recording is not None else None
    first = max(0, start_ms or 0)
    last = min(call.duration_ms, call.duration_ms if end_ms is None else end_ms)
    if playback is None or not is_released(redaction) or first >= last:
        return None
    covered = sorted(
        (strike.start_ms, strike.end_ms) for strike in strikes_of(redaction) if strike.is_struck
    )
    channel, silenced = (None, ()) if agent_voice else _without_agent(redaction)
    return Cut(playback.key, first, last, tuple(covered), silenced, channel)


def _without_agent(redaction: Redaction) -> tuple[int | None, tuple[tuple[int, int], ...]]:
    run = redaction.call.current_analysis
    agent_channel = run.agent_channel if run is not None else None
    turns = run.turns if run is not None else []
    # Whoever is not known to be the prospect is not played
    agent = [(t.start_ms, t.end_ms) for t in turns if t.speaker != "prospect"]
    if agent_channel is None:
        prospect = [(t.start_ms, t.end_ms) for t in turns if t.speaker == "prospect"]
        return None, _outside(prospect, redaction.call.duration_ms, also=agent)
    others = [(t.start_ms, t.end_ms) for t in turns if t.channel != agent_channel]
    return 1 - agent_channel, tuple(
        span for start, end in agent for span in _left(start, end, others)
    )


def _outside(
    heard: Sequence[tuple[int, int]], duration_ms: int, *, also: Sequence[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """All but `heard`, and what `also` names, even within it."""
    silent = [*_left(0, duration_ms + 1000, heard), *also]
    return tuple(sorted(silent))


def _left(start: int, end: int, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """What of ``[start, end)`` no other stretch shares."""
    left, at = [], start
    for first, last in sorted(taken):
        if last <= at or first >= end:
            continue
        if first > at:
            left.append((at, first))
        at = max(at, last)
    if at < end:
        left.append((at, end))
    return left


def whole(redaction: Redaction, agent_voice: bool) -> StoredFile | None:
    """The whole call with what is struck beeped out, once a worker has made it."""
    if not is_released(redaction):
        return None
    return redaction.file if agent_voice else redaction.text_only_file


def find_cut(cut: Cut) -> StoredFile | None:
    """The file made of exactly this."""
    found: StoredFile | None = db.session.scalar(
        select(StoredFile).where(StoredFile.key == cut.key, StoredFile.kind == KIND)
    )
    return found


def find_excerpt(
    redaction: Redaction, start_ms: int, end_ms: int, agent_voice: bool
) -> StoredFile | None:
    """A stretch of a released call, where it was made; asks nobody to make it."""
    cut = cut_of(redaction, start_ms, end_ms, agent_voice=agent_voice)
    return find_cut(cut) if cut is not None else None


def ensure_excerpt(
    redaction: Redaction, start_ms: int, end_ms: int, agent_voice: bool
) -> StoredFile | None:
    """A stretch of a released call, redacted; None while a worker makes it, or when none can be
    made. Only inside a write transaction: it may ask for the work.
    """
    end_ms = min(end_ms, start_ms + MAX_EXCERPT_MS)
    cut = cut_of(redaction, start_ms, end_ms, agent_voice=agent_voice)
    if cut is None:
        return None
    file = find_cut(cut)
    if file is None:
        subject = excerpt_subject(redaction.id, cut.start_ms, cut.end_ms, agent_voice)
        jobs.enqueue(EXCERPT, subject, viewer=Viewer.system(), priority=20)
    return file


def ask_for_sound(viewer: Viewer, redaction: Redaction) -> None:
    """Have the whole call made, with and without the agent's voice; nothing without a recording."""
    if cut_of(redaction, None, None, agent_voice=True) is not None:
        subject = redaction_subject(redaction.id)
        jobs.enqueue(SOUND, subject, viewer=viewer, priority=10, again=True)


def drop_sounds(redaction: Redaction) -> None:
    """Delete everything that was made of a redaction."""
    ids = {redaction.file_id, redaction.text_only_file_id}
    redaction.file = redaction.text_only_file = None
    db.session.flush()
    recording = redaction.call.recording
    playback = recording.playback if recording is not None else None
    wanted: list[ColumnElement[bool]] = [StoredFile.id.in_([id_ for id_ in ids if id_ is not None])]
    if playback is not None:
        prefix = StoredFile.key.startswith(f"{playback.key}.", autoescape=True)
        wanted.append(prefix & StoredFile.key.contains(".redacted-", autoescape=True))
    for row in db.session.scalars(select(StoredFile).where(or_(*wanted))):
        delete_file(row)
    db.session.flush()


@on_words_changed
def _drop_what_does_not_fit(call: Call) -> None:
    newest = newest_of(call.id)
    if newest is not None and is_released(newest) and newest.fingerprint != fingerprint_of(call):
        drop_sounds(newest)


@on_purged
def _drop_all(call: Call) -> None:
    for redaction in db.session.scalars(select(Redaction).where(Redaction.call_id == call.id)):
        drop_sounds(redaction)
