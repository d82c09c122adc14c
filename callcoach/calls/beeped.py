"""Stretches of a call with names and numbers beeped out: what one is made of, and where it lies.

A file of its own beside the plain excerpt, never in its row: its key says that it is beeped and
carries a fingerprint of all that the beeps follow from. When words, corrections or names change, the
key does too, and the old file is not found any more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select

from callcoach.calls.models import Call, TurnCorrection
from callcoach.extensions import db
from callcoach.speech.beeps import RULES
from callcoach.storage.models import StoredFile
from callcoach.storage.store import derived_key

#: `StoredFile.kind` of these files.
KIND = "beeped"


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that a beeped stretch follows from.

    Args:
        source_key: of the playback file.
        start_ms, end_ms: half-open, from the start of the recording.
        transcript_id: whose words are struck.
        names, spared: as for `analysis.redaction.find`.
        corrections: ``(start_ms, end_ms, text)`` of people's corrections within, oldest first.
    """

    source_key: str
    start_ms: int
    end_ms: int
    transcript_id: int
    names: tuple[str, ...]
    spared: tuple[str, ...]
    corrections: tuple[tuple[int, int, str], ...]

    @property
    def fingerprint(self) -> str:
        """Of the whole recipe and of the rules it is cooked by."""
        said = json.dumps([RULES, asdict(self)], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def key(self) -> str:
        """Where the file lies in the store."""
        return derived_key(self.source_key, f"{self._stretch}{self.fingerprint}")

    @property
    def _stretch(self) -> str:
        return f"{self.start_ms}-{self.end_ms}.beeped-"

    @property
    def key_prefix(self) -> str:
        """What the keys of this stretch begin with, whatever they were made of."""
        return f"{self.source_key}.{self._stretch}"


def recipe_of(call: Call, start_ms: int, end_ms: int) -> Recipe | None:
    """What a beeped stretch is made of now; None when none can be made: without sound, without a
    transcript, or of nothing.
    """
    playback = call.recording.playback if call.recording is not None else None
    end_ms = min(end_ms, call.duration_ms)
    if playback is None or call.current_transcript_id is None or start_ms >= end_ms:
        return None
    agent = [call.agent.name] if call.agent is not None else []
    campaign = call.campaign
    corrections = db.session.scalars(
        select(TurnCorrection)
        .where(
            TurnCorrection.call_id == call.id,
            TurnCorrection.start_ms < end_ms,
            TurnCorrection.end_ms > start_ms,
        )
        .order_by(TurnCorrection.id)
    )
    return Recipe(
        source_key=playback.key,
        start_ms=start_ms,
        end_ms=end_ms,
        transcript_id=call.current_transcript_id,
        names=tuple(name for name in (*agent, call.prospect_name, call.company) if name),
        spared=(campaign.sponsor.name, *campaign.vocabulary),
        corrections=tuple((each.start_ms, each.end_ms, each.text) for each in corrections),
    )


def find_beeped(recipe: Recipe) -> StoredFile | None:
    """The file made after exactly this recipe, once a worker has written it."""
    found: StoredFile | None = db.session.scalar(
        select(StoredFile).where(StoredFile.key == recipe.key, StoredFile.kind == KIND)
    )
    return found


def outdated(recipe: Recipe) -> Sequence[StoredFile]:
    """Files of the same stretch made after other recipes."""
    return db.session.scalars(
        select(StoredFile).where(
            StoredFile.kind == KIND,
            StoredFile.key.startswith(recipe.key_prefix, autoescape=True),
            StoredFile.key != recipe.key,
        )
    ).all()


def all_beeped(playback: StoredFile) -> Sequence[StoredFile]:
    """Every beeped stretch of a recording."""
    return db.session.scalars(
        select(StoredFile).where(
            StoredFile.kind == KIND,
            StoredFile.key.startswith(f"{playback.key}.", autoescape=True),
        )
    ).all()
