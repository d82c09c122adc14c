"""From a file to an analysis, in stages that the command and the worker share. No database.

    decode -> transcribe -> analyse_transcript

`transcribe` is the dear stage; its result is kept. Everything that depends on which channel the
agent is on, on the context or on the detectors happens in `analyse_transcript`, so that a swap of
channels or a new script never transcribes again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from callcoach.analysis.embedding import load_sentence_model
from callcoach.analysis.engine import analyse
from callcoach.analysis.model import (
    AgentChannel,
    CallAnalysis,
    CallContext,
    Channels,
    Segment,
    Speaker,
    Track,
    Word,
)
from callcoach.errors import InvalidInput
from callcoach.speech import diarisation
from callcoach.speech.audio import AudioLimits, Recording, open_recording
from callcoach.speech.channels import compare_channels, mono_mix
from callcoach.speech.transcriber import Progress, Transcriber, ignore_progress
from callcoach.speech.vad import detect_voice, detect_voices

#: Version of the stored form of a transcript.
TRANSCRIPT_SCHEMA = 1
#: Raised whenever the same sound may give other words or other voices; kept with each transcript.
RECOGNITION_VERSION = 1
#: Share of `transcribe`'s progress that finding the voices takes; recognition is nearly all.
_VOICE_SHARE = 0.04
#: Languages whose speech the analysis has lexicons for.
LANGUAGES = ("fr", "en")

#: Told the stage (decoding, transcribing, analysing) and how far along it is, 0 to 1.
StageProgress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class TranscriptData:
    """What recognition found in one recording, before anybody is called agent or prospect.

    Args:
        duration_s: length of the recording, seconds.
        channels: what the file carries.
        tracks: one per channel; in a mixed recording one per speaker, or a single one of
            `Speaker.UNKNOWN` where the speakers could not be told apart.
        language: two-letter code that recognition was given.
        engine: names, versions and settings of what produced it.
    """

    duration_s: float
    channels: Channels
    tracks: tuple[Track, ...]
    language: str
    engine: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """A JSON object from which `from_dict` makes an equal value."""
        return {
            "schema": TRANSCRIPT_SCHEMA,
            "duration_s": self.duration_s,
            "channels": self.channels.value,
            "language": self.language,
            "engine": dict(self.engine),
            "tracks": [
                {
                    "channel": track.channel,
                    "speaker": track.speaker.value if track.speaker else None,
                    "voice": [[s.start_s, s.end_s] for s in track.voice],
                    "words": [[w.word, w.start_s, w.end_s, w.probability] for w in track.words],
                }
                for track in self.tracks
            ],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote.

        Raises:
            InvalidInput: it is not a transcript of this schema.
        """
        if data.get("schema") != TRANSCRIPT_SCHEMA:
            raise InvalidInput(
                "A stored transcript has schema %(found)s, %(known)s is known.",
                found=data.get("schema"),
                known=TRANSCRIPT_SCHEMA,
            )
        try:
            return cls(
                duration_s=float(data["duration_s"]),
                channels=Channels(data["channels"]),
                tracks=tuple(_track(item) for item in data["tracks"]),
                language=str(data["language"]),
                engine=dict(data["engine"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput(
                "A stored transcript cannot be read: %(reason)s.", reason=str(error)
            ) from error


def _track(item: Mapping[str, Any]) -> Track:
    return Track(
        channel=int(item["channel"]),
        voice=tuple(Segment(float(a), float(b)) for a, b in item["voice"]),
        words=tuple(Word(str(w), float(a), float(b), float(p)) for w, a, b, p in item["words"]),
        speaker=Speaker(item["speaker"]) if item["speaker"] else None,
    )


def decode(
    path: Path | str, *, limits: AudioLimits | None = None, work_folder: Path | None = None
) -> Recording:
    """Read a sound file; see `speech.audio.open_recording` for what it costs and refuses.

    Raises:
        RecordingRejected: the file cannot become a recording.
        JobFailed: the machine failed, not the file.
        OSError: `path` cannot be read.
    """
    return open_recording(path, limits=limits, work_folder=work_folder)


def transcribe(
    recording: Recording,
    *,
    transcriber: Transcriber,
    agent_channel: AgentChannel = AgentChannel.AUTO,
    language: str = "fr",
    context: CallContext | None = None,
    progress: Progress | None = None,
) -> TranscriptData:
    """Find who speaks when, and the words.

    Args:
        agent_channel: matters only as `MIXED`, which hears both channels as one; which side the
            agent is on is for `analyse_transcript`.
        context: its vocabulary, and the texts that tell the agent from the prospect in a mixed
            recording.
        progress: called from 0 to 1; may raise to stop.
    """
    context = context or CallContext()
    report = progress or ignore_progress
    report(0.0)
    found = compare_channels(recording.samples)
    channels = found.channels
    if channels is Channels.STEREO and agent_channel is AgentChannel.MIXED:
        channels = Channels.DUAL_MONO  # the call's data says that both sides are on both channels
    recognise = _recogniser(transcriber, language, context, report)
    tracks: Sequence[Track]
    if channels is Channels.STEREO:
        sounds = list(recording.samples)
        voices = detect_voices(recording.samples)
        words = recognise(sounds, voices)
        tracks = [
            Track(index, voice, spoken)
            for index, (voice, spoken) in enumerate(zip(voices, words, strict=True))
        ]
    else:
        mono = mono_mix(recording.samples, found if found.channels is channels else None)
        voice = detect_voice(mono)
        (spoken,) = recognise([mono], [voice])
        tracks = diarisation.split_speakers(mono, voice, spoken, context=context)
    report(1.0)
    return TranscriptData(
        duration_s=recording.duration_s,
        channels=channels,
        tracks=tuple(tracks),
        language=language,
        engine={**transcriber.describe(), "recognition": RECOGNITION_VERSION},
    )


def _recogniser(
    transcriber: Transcriber, language: str, context: CallContext, report: Progress
) -> Callable[[Sequence[Any], Sequence[tuple[Segment, ...]]], list[tuple[Word, ...]]]:
    """Recognition of some channels, with one progress over all of them."""

    def _recognise(
        sounds: Sequence[Any], voices: Sequence[tuple[Segment, ...]]
    ) -> list[tuple[Word, ...]]:
        report(_VOICE_SHARE)
        lengths = [sum(s.duration_s for s in voice) for voice in voices]
        total = sum(lengths) or 1.0
        words = []
        for index, (sound, voice) in enumerate(zip(sounds, voices, strict=True)):
            before, share = sum(lengths[:index]) / total, lengths[index] / total

            def _part(fraction: float, before: float = before, share: float = share) -> None:
                done = min(1.0, before + share * fraction)
                report(_VOICE_SHARE + (1 - _VOICE_SHARE) * done)

            words.append(
                transcriber.transcribe(
                    sound,
                    voice,
                    language=language,
                    vocabulary=context.vocabulary,
                    progress=_part,
                )
            )
        return words

    return _recognise


def agent_index(channels: Channels, agent_channel: AgentChannel) -> int | None:
    """The channel of the agent: 0, 1, or None where both voices share one.

    `AUTO` takes the left channel of a stereo file, the convention of telephony.
    """
    if channels is not Channels.STEREO or agent_channel is AgentChannel.MIXED:
        return None
    return 1 if agent_channel is AgentChannel.RIGHT else 0


def analyse_transcript(
    data: TranscriptData,
    *,
    agent_channel: AgentChannel = AgentChannel.AUTO,
    context: CallContext | None = None,
    language: str | None = None,
) -> CallAnalysis:
    """Analyse what was said; all that swapping the channels has to run again."""
    return analyse(
        data.tracks,
        duration_s=data.duration_s,
        channels=data.channels,
        agent_channel=agent_index(data.channels, agent_channel),
        context=context,
        language=language or data.language,
        engine=data.engine,
        embedder=load_sentence_model(),
    )


def analyse_file(
    path: Path | str,
    *,
    transcriber: Transcriber,
    agent_channel: AgentChannel = AgentChannel.AUTO,
    language: str = "fr",
    context: CallContext | None = None,
    limits: AudioLimits | None = None,
    progress: StageProgress | None = None,
) -> CallAnalysis:
    """All stages at once, nothing kept.

    Raises:
        RecordingRejected: the file cannot become a recording.
        OSError: `path` cannot be read.
    """

    def _report(stage: str, fraction: float) -> None:
        if progress is not None:
            progress(stage, fraction)

    _report("decoding", 0.0)
    recording = decode(path, limits=limits)
    data = transcribe(
        recording,
        transcriber=transcriber,
        agent_channel=agent_channel,
        language=language,
        context=context,
        progress=lambda fraction: _report("transcribing", fraction),
    )
    _report("analysing", 0.0)
    return analyse_transcript(data, agent_channel=agent_channel, context=context)
