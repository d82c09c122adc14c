"""Bringing a recording in: the one operation behind the page, the command and the watched folder.

The order keeps its promises: names and rights are checked first, the file is decoded in full
before any row exists and while no transaction is open, the original is stored, and only then one
short transaction writes all rows. Whatever goes wrong, no row and no file is left behind.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from callcoach.accounts.access import Viewer
from callcoach.calls.access import can_read_call
from callcoach.calls.filenames import compile_patterns, metadata_of_name
from callcoach.calls.metadata import CallMetadata
from callcoach.calls.models import Call, CallState, KindSource, Outcome, Recording
from callcoach.calls.operations.editing import log_access
from callcoach.calls.pins import pin
from callcoach.calls.placing import Placement, place_call
from callcoach.calls.subjects import PROCESS, SWEEP_FILES, subject_of
from callcoach.config import Settings
from callcoach.errors import N_, Conflict
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.jobs import operations as jobs
from callcoach.speech.audio import AudioLimits, file_hash, open_recording, safe_name
from callcoach.speech.audio import Recording as Sound
from callcoach.speech.rejections import rejected
from callcoach.storage import StoredContent, get_store
from callcoach.storage.operations import register_file

#: Media types of originals, by container (`speech.formats`).
MEDIA_TYPES = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "mp4": "audio/mp4",
    "flac": "audio/flac",
    "webm": "audio/webm",
    "gsm": "audio/gsm",
    "amr": "audio/amr",
    "aac": "audio/aac",
}
_CHUNK_BYTES = 256 * 1024


class ImportOutcome(StrEnum):
    """What became of a file; rejections are raised."""

    IMPORTED = "imported"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a file.

    Args:
        call_id: the new call, or the one that has this recording or this external id already;
            None when the viewer may not see that one.
        message: message id of a sentence; `values` fill it.
    """

    outcome: ImportOutcome
    call_id: int | None
    message: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.values


IMPORTED = N_("Imported.")
WOULD_IMPORT = N_("Would be imported.")
DUPLICATE = N_("This recording is in CallCoach already, as “%(other)s”.")
DUPLICATE_DELETED = N_(
    "This recording is in CallCoach already, as “%(other)s”, and was deleted; restore it."
)
DUPLICATE_ELSEWHERE = N_("This recording is in CallCoach already, in another team.")
CONFLICT = N_(
    "The id %(external_id)s belongs to another recording already: “%(other)s” has %(other_length)s "
    "s, “%(mine)s” has %(my_length)s s. Correct the id, or delete the other call first."
)
CONFLICT_ELSEWHERE = N_(
    "The id %(external_id)s belongs to another recording already, in another team."
)


def import_recording(
    viewer: Viewer,
    content: Path | BinaryIO,
    file_name: str,
    *,
    metadata: CallMetadata | None = None,
    defaults: CallMetadata | None = None,
    source: str = "import",
    zone: str | None = None,
    is_dry_run: bool = False,
) -> ImportResult:
    """Import one recording; flushes, the caller commits.

    Ends the session's transaction, in which nothing may be pending: decoding takes long.

    Args:
        content: a file, or a stream that is read to its end.
        file_name: as the file came; a label, never a path.
        metadata: what a CSV row or the file beside it says; stronger than the file name.
        defaults: what a form or command options say; weaker than the file name.
        source: where external ids come from; they are unique within it.
        zone: of times in file names (IANA); the installation's when None.
        is_dry_run: check everything, keep nothing.

    Raises:
        RecordingRejected: the file cannot become a recording.
        InvalidInput: the metadata name an agent, team or campaign that cannot be found, or too
            little is known.
        NotAllowed: the viewer may not import into that team.
        RuntimeError: the session has changes that would be lost.
    """
    settings: Settings = current_app.extensions["callcoach"]
    name = safe_name(file_name)
    patterns = compile_patterns(settings.filename_patterns)
    from_name = metadata_of_name(name, patterns, zone=zone or settings.import_timezone)
    # CSV beats file name beats form
    known = (metadata or CallMetadata()).over(from_name).over(defaults or CallMetadata())
    place = place_call(viewer, known)
    _end_transaction()
    with _spooled(content, settings) as (path, work_folder):
        sha256 = file_hash(path)
        identity = _Identity(name, source, known.external_id or None, sha256)
        found = _find_existing(viewer, identity, duration_ms=None)
        _end_transaction()
        if found is not None:
            return found
        sound = open_recording(path, limits=_limits(settings), work_folder=work_folder)
        identity.duration_ms = round(sound.duration_s * 1000)
        found = _find_existing(viewer, identity, duration_ms=identity.duration_ms)
        _end_transaction()
        if found is not None or is_dry_run:
            return found or ImportResult(ImportOutcome.IMPORTED, None, WOULD_IMPORT)
        with path.open("rb") as stream:
            stored = get_store().put(stream)
    try:
        with write_transaction():
            call = _call_row(viewer, identity, known, place)
            return _write(viewer, identity, call, sound, stored)
    except BaseException:
        # Rolling back deletes what was registered; what was not yet registered goes here
        get_store().delete(stored.key)
        raise


@dataclass(slots=True)
class _Identity:
    """What makes this recording the same as another."""

    file_name: str
    source: str
    external_id: str | None
    sha256: str
    duration_ms: int = 0


def _limits(settings: Settings) -> AudioLimits:
    return AudioLimits(
        max_duration_s=settings.max_hours * 3600, max_bytes=settings.max_megabytes * 1024 * 1024
    )


def _end_transaction() -> None:
    """Let go of the database: decoding must not hold a lock, nor a snapshot."""
    if db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError("the session has pending changes; commit them before importing")
    db.session.rollback()


@contextlib.contextmanager
def _spooled(content: Path | BinaryIO, settings: Settings) -> Iterator[tuple[Path, Path]]:
    """A private copy: what is hashed, decoded and stored is the same bytes, whatever happens to
    the file meanwhile. Yields it with the folder for more temporary files.
    """
    work_root = settings.data_dir / "tmp"
    work_root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="import-", dir=work_root) as folder:
        path = Path(folder) / "content"
        if isinstance(content, Path):
            with content.open("rb") as stream:
                _copy(stream, path, settings)
        else:
            _copy(content, path, settings)
        yield path, Path(folder)


def _copy(stream: BinaryIO, path: Path, settings: Settings) -> None:
    limit = settings.max_megabytes * 1024 * 1024
    size_bytes = 0
    with path.open("wb") as target:
        while chunk := stream.read(_CHUNK_BYTES):
            size_bytes += len(chunk)
            if size_bytes > limit:
                raise rejected(
                    "too_large", size_mb=f"> {limit / 1e6:.0f}", limit_mb=f"{limit / 1e6:.0f}"
                )
            target.write(chunk)


def _find_existing(
    viewer: Viewer, mine: _Identity, *, duration_ms: int | None
) -> ImportResult | None:
    """The duplicate or the conflict this recording runs into; None when there is neither.

    Args:
        duration_ms: of this recording; None before it was decoded, when a conflict cannot be
            told yet: the file may be no recording at all.
    """
    other = db.session.scalar(
        select(Call).join(Call.recording).where(Recording.sha256 == mine.sha256)
    )
    if other is not None:
        if not can_read_call(viewer, other):
            return ImportResult(ImportOutcome.DUPLICATE, None, DUPLICATE_ELSEWHERE)
        message = DUPLICATE if other.deleted_at is None else DUPLICATE_DELETED
        return ImportResult(ImportOutcome.DUPLICATE, other.id, message, {"other": other.file_name})
    if mine.external_id is None or duration_ms is None:
        return None
    other = db.session.scalar(
        select(Call).where(Call.source == mine.source, Call.external_id == mine.external_id)
    )
    if other is None:
        return None
    if not can_read_call(viewer, other):
        return ImportResult(
            ImportOutcome.CONFLICT, None, CONFLICT_ELSEWHERE, {"external_id": mine.external_id}
        )
    return ImportResult(
        ImportOutcome.CONFLICT,
        other.id,
        CONFLICT,
        {
            "external_id": mine.external_id,
            "other": other.file_name,
            "other_length": f"{other.duration_ms / 1000:.0f}",
            "mine": mine.file_name,
            "my_length": f"{duration_ms / 1000:.0f}",
        },
    )


def _write(
    viewer: Viewer,
    mine: _Identity,
    call: Call,
    sound: Sound,
    stored: StoredContent,
) -> ImportResult:
    """All rows of the new call; or what another import, a moment earlier, made of them."""
    try:
        with db.session.begin_nested():
            original = register_file(
                stored, kind="original", media_type=MEDIA_TYPES[sound.container]
            )
            call.recording = Recording(
                sha256=mine.sha256,
                duration_ms=mine.duration_ms,
                container=sound.container,
                codec=sound.codec,
                sample_rate_hz=sound.sample_rate_hz,
                original=original,
            )
            db.session.add(call)
    except IntegrityError as error:
        get_store().delete(stored.key)
        found = _find_existing(viewer, mine, duration_ms=mine.duration_ms)
        if found is None:
            raise Conflict("Another import got in the way; import this file again.") from error
        return found
    jobs.enqueue(PROCESS, subject_of(call.id), viewer=viewer)
    _plan_sweep(viewer)
    log_access(viewer, "call.imported", call, file_name=mine.file_name, source=mine.source)
    db.session.flush()
    return ImportResult(ImportOutcome.IMPORTED, call.id, IMPORTED)


def _call_row(viewer: Viewer, mine: _Identity, known: CallMetadata, place: Placement) -> Call:
    optional: dict[str, Any] = {
        "kind": known.kind,
        "kind_source": KindSource.METADATA if _says_kind(known) else None,
        "outcome": known.outcome,
        "agent_channel": known.agent_channel.value if known.agent_channel else None,
        "direction": known.direction or None,
    }
    call = Call(
        source=mine.source,
        external_id=mine.external_id,
        file_name=mine.file_name,
        team_id=place.team_id,
        agent_id=place.agent_id,
        campaign_id=place.campaign_id,
        persona=known.persona,
        started_at=known.started_at or utc_now(),
        prospect_name=known.prospect_name,
        prospect_phone=known.prospect_phone,
        company=known.company,
        language=known.language or place.language,
        state=CallState.QUEUED,
        duration_ms=mine.duration_ms,
        created_by_id=viewer.user_id,
        **{name: value for name, value in optional.items() if value is not None},
    )
    pin(call)
    return call


def _says_kind(known: CallMetadata) -> bool:
    """Whether the metadata says who was reached; a meeting is agreed with nobody but the target."""
    return known.kind is not None or known.outcome is Outcome.MEETING


def _plan_sweep(viewer: Viewer) -> None:
    """A day with imports is followed by a look for files that a crash left without a row."""
    tomorrow = utc_now() + timedelta(days=1)
    sweep = jobs.enqueue(SWEEP_FILES, f"files:{tomorrow:%Y-%m-%d}", viewer=Viewer.system())
    sweep.not_before = tomorrow
