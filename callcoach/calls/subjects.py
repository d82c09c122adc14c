"""The jobs that work on calls: their names, and how a job's subject names a call."""

from __future__ import annotations

from callcoach.analysis.model import AgentChannel, Channels
from callcoach.calls.models import Call

#: Decode, transcribe and analyse a recording that came in.
PROCESS = "calls.process"
#: Transcribe anew (another model, another language), and analyse.
TRANSCRIBE_AGAIN = "calls.transcribe_again"
#: Analyse the current transcript anew (another channel map, campaign or persona).
ANALYSE = "calls.analyse"
#: Analyse the current transcript anew behind everything else, while the call stays as it is.
REFRESH = "calls.refresh"
#: Find calls for `REFRESH`, a slice at a time.
FEED_REFRESH = "calls.feed_refresh"
#: Delete for good what was put aside long enough ago.
PURGE = "calls.purge"
#: Write a stretch of a recording as a file of its own.
EXCERPT = "calls.excerpt"
#: Write a stretch of a recording with names and numbers beeped out.
BEEPED = "calls.beeped"
#: Delete files that a crash left without a row.
SWEEP_FILES = "calls.sweep_files"

#: Jobs that end with a call ready or failed.
PROCESSING = (PROCESS, TRANSCRIBE_AGAIN, ANALYSE)

_PREFIX = "call:"
_EXCERPT_PREFIX = "excerpt:"
_BEEPED_PREFIX = "beeped:"


def subject_of(call_id: int) -> str:
    """The subject of jobs on a call.

    >>> subject_of(12)
    'call:12'
    """
    return f"{_PREFIX}{call_id}"


def call_id_of(subject: str) -> int:
    """The call that a subject names.

    >>> call_id_of("call:12")
    12
    """
    if not subject.startswith(_PREFIX):
        raise ValueError(f"{subject!r} does not name a call")
    return int(subject.removeprefix(_PREFIX))


def excerpt_subject(excerpt_id: int) -> str:
    """The subject of the job that writes an excerpt.

    >>> excerpt_subject(3)
    'excerpt:3'
    """
    return f"{_EXCERPT_PREFIX}{excerpt_id}"


def excerpt_id_of(subject: str) -> int:
    """The excerpt that a subject names.

    >>> excerpt_id_of("excerpt:3")
    3
    """
    if not subject.startswith(_EXCERPT_PREFIX):
        raise ValueError(f"{subject!r} does not name an excerpt")
    return int(subject.removeprefix(_EXCERPT_PREFIX))


def beeped_subject(call_id: int, start_ms: int, end_ms: int) -> str:
    """The subject of the job that writes a stretch of a call with beeps.

    >>> beeped_subject(12, 500, 9000)
    'beeped:12:500-9000'
    """
    return f"{_BEEPED_PREFIX}{call_id}:{start_ms}-{end_ms}"


def beeped_stretch_of(subject: str) -> tuple[int, int, int]:
    """Call, start and end, milliseconds, of the stretch that a subject names.

    >>> beeped_stretch_of("beeped:12:500-9000")
    (12, 500, 9000)
    """
    if not subject.startswith(_BEEPED_PREFIX):
        raise ValueError(f"{subject!r} does not name a stretch to beep")
    call_id, _, stretch = subject.removeprefix(_BEEPED_PREFIX).partition(":")
    start_ms, _, end_ms = stretch.partition("-")
    return int(call_id), int(start_ms), int(end_ms)


def kind_after_change(call: Call, heard_as: str) -> str:
    """The job that a new channel map takes: a stereo file that was heard as one channel, or is to
    be, must be transcribed again; all else is only analysed again.

    Args:
        heard_as: `TranscriptData.channels` of the transcript there is.
    """
    if call.recording is None or call.recording.channels != Channels.STEREO:
        return ANALYSE
    wants_mixed = call.agent_channel == AgentChannel.MIXED
    is_mixed = heard_as != Channels.STEREO
    return ANALYSE if wants_mixed == is_mixed else TRANSCRIBE_AGAIN
