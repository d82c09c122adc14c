"""A file becomes an analysis in stages, and what is dear is done once."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from callcoach.analysis.model import (
    AgentChannel,
    CallContext,
    Channels,
    Segment,
    Speaker,
    Track,
    Word,
)
from callcoach.errors import InvalidInput, RecordingRejected
from callcoach.pipeline import (
    TranscriptData,
    agent_index,
    analyse_file,
    analyse_transcript,
    decode,
    transcribe,
)
from callcoach.speech.audio import Recording
from callcoach.speech.fake import FakeTranscriber

SAMPLES = Path(__file__).parents[1] / "recordings_sample"
STEREO = SAMPLES / "voltaneo-03-standard-logistique.flac"
MONO = SAMPLES / "20260914-114127_YASSINE_33465710187-all.mp3"


@pytest.fixture(scope="module")
def stereo() -> Recording:
    return decode(STEREO)


@pytest.fixture(scope="module")
def transcript(stereo: Recording) -> TranscriptData:
    return transcribe(stereo, transcriber=FakeTranscriber())


def _made(samples: np.ndarray) -> Recording:
    return Recording(
        samples=samples.astype(np.float32),
        sample_rate_hz=16_000,
        duration_s=samples.shape[1] / 16_000,
        container="wav",
        codec="pcm_s16le",
        native_channels=len(samples),
    )


def test_each_side_of_a_stereo_call_has_its_track(transcript: TranscriptData) -> None:
    assert transcript.channels is Channels.STEREO
    assert [t.channel for t in transcript.tracks] == [0, 1]
    assert [t.speaker for t in transcript.tracks] == [None, None]
    assert all(t.voice and t.words for t in transcript.tracks)
    assert transcript.duration_s == pytest.approx(79.31, abs=0.05)


def test_a_transcript_survives_json_exactly(transcript: TranscriptData) -> None:
    again = TranscriptData.from_dict(json.loads(json.dumps(transcript.to_dict())))
    assert again == transcript


def test_a_mixed_transcript_survives_json_exactly() -> None:
    data = TranscriptData(
        3.2,
        Channels.MONO,
        (
            Track(
                0, (Segment(0.1, 1 / 3),), (Word(" Allô", 0.1, 1 / 3, 0.1 + 0.2),), Speaker.AGENT
            ),
            Track(0, (), (), Speaker.UNKNOWN),
        ),
        "fr",
        {"model": "base"},
    )
    assert TranscriptData.from_dict(json.loads(json.dumps(data.to_dict()))) == data


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"schema": 99},
        {"schema": 1, "duration_s": 1},
        {
            "schema": 1,
            "duration_s": 1,
            "channels": "stereo",
            "language": "fr",
            "engine": {},
            "tracks": [{"channel": 0, "speaker": None, "voice": [[2, 1]], "words": []}],
        },
    ],
)
def test_what_is_not_a_transcript_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match="stored transcript"):
        TranscriptData.from_dict(data)


def test_a_swap_changes_the_speakers_and_nothing_else(transcript: TranscriptData) -> None:
    left = analyse_transcript(transcript, agent_channel=AgentChannel.LEFT)
    right = analyse_transcript(transcript, agent_channel=AgentChannel.RIGHT)
    assert (left.agent_channel, right.agent_channel) == (0, 1)
    said_left = {(t.channel, t.start_s): t.speaker for t in left.turns}
    said_right = {(t.channel, t.start_s): t.speaker for t in right.turns}
    shared = said_left.keys() & said_right.keys()
    assert len(shared) > 10
    assert all({said_left[k], said_right[k]} == {Speaker.AGENT, Speaker.PROSPECT} for k in shared)


def test_auto_is_left_on_stereo_and_nobody_on_one_channel() -> None:
    assert agent_index(Channels.STEREO, AgentChannel.AUTO) == 0
    assert agent_index(Channels.STEREO, AgentChannel.RIGHT) == 1
    assert agent_index(Channels.STEREO, AgentChannel.MIXED) is None
    assert agent_index(Channels.MONO, AgentChannel.AUTO) is None
    assert agent_index(Channels.DUAL_MONO, AgentChannel.LEFT) is None


def test_a_mono_call_is_heard_once_and_split_in_two() -> None:
    truth = json.loads((SAMPLES / "comptaclair-02-daf-mecanique.truth.json").read_text())
    recording = decode(MONO)
    heard = FakeTranscriber()
    transcribe(recording, transcriber=heard)
    (only,) = heard.calls
    # the words of the truth, region by region, as a recogniser would hand them over
    script = [_truth_text(truth["turns"], region) for region in only["voice"]]
    data = transcribe(recording, transcriber=FakeTranscriber([script]))
    assert data.channels is Channels.MONO
    assert [t.speaker for t in data.tracks] == [Speaker.AGENT, Speaker.PROSPECT]
    analysis = analyse_transcript(data)
    assert analysis.agent_channel is None
    assert {t.speaker for t in analysis.turns} == {Speaker.AGENT, Speaker.PROSPECT}


def _truth_text(turns: list[dict[str, object]], region: Segment) -> str:
    best = max(
        turns, key=lambda t: region.overlap_s(Segment(float(t["start_s"]), float(t["end_s"])))
    )
    return str(best["text"])


def test_one_sound_on_two_channels_is_heard_once(stereo: Recording) -> None:
    side = np.asarray(stereo.samples[0])
    heard = FakeTranscriber()
    data = transcribe(_made(np.stack([side, 0.8 * side])), transcriber=heard)
    assert data.channels is Channels.DUAL_MONO
    assert len(heard.calls) == 1
    assert {t.channel for t in data.tracks} == {0}


def test_a_stereo_call_said_to_be_mixed_is_heard_as_one(stereo: Recording) -> None:
    heard = FakeTranscriber()
    data = transcribe(stereo, transcriber=heard, agent_channel=AgentChannel.MIXED)
    assert len(heard.calls) == 1
    assert data.channels is Channels.DUAL_MONO
    assert analyse_transcript(data, agent_channel=AgentChannel.MIXED).agent_channel is None


def test_a_recording_without_speech_has_no_turns() -> None:
    noise = 0.001 * np.random.default_rng(0).standard_normal((2, 16_000 * 20))
    data = transcribe(_made(noise), transcriber=FakeTranscriber())
    analysis = analyse_transcript(data)
    assert analysis.turns == ()
    assert analysis.tipping_points == ()
    assert all(figure.value is None and figure.reason for figure in analysis.figures.values())


def test_progress_only_rises_and_ends_at_one(stereo: Recording) -> None:
    seen: list[float] = []
    transcribe(stereo, transcriber=FakeTranscriber(), progress=seen.append)
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)
    assert len(seen) > 10


def test_progress_may_stop_the_work(stereo: Recording) -> None:
    class _StopError(Exception):
        pass

    def _stop(fraction: float) -> None:
        if fraction > 0.5:
            raise _StopError

    with pytest.raises(_StopError):
        transcribe(stereo, transcriber=FakeTranscriber(), progress=_stop)


def test_vocabulary_and_language_reach_the_recogniser(stereo: Recording) -> None:
    heard = FakeTranscriber()
    context = CallContext(vocabulary=("Voltaneo", "ombrières"))
    data = transcribe(stereo, transcriber=heard, language="en", context=context)
    assert all(call["vocabulary"] == context.vocabulary for call in heard.calls)
    assert all(call["language"] == "en" for call in heard.calls)
    assert data.language == "en"
    assert analyse_transcript(data).engine["language"] == "en"


def test_a_file_goes_through_every_stage() -> None:
    stages: list[tuple[str, float]] = []
    analysis = analyse_file(
        STEREO,
        transcriber=FakeTranscriber(),
        progress=lambda stage, fraction: stages.append((stage, fraction)),
    )
    assert list(dict.fromkeys(stage for stage, _ in stages)) == [
        "decoding",
        "transcribing",
        "analysing",
    ]
    assert analysis.engine["model"] == "fake"
    assert analysis.turns


def test_what_is_not_sound_is_rejected(tmp_path: Path) -> None:
    fake = tmp_path / "call.wav"
    fake.write_text("not a sound")
    with pytest.raises(RecordingRejected):
        analyse_file(fake, transcriber=FakeTranscriber())


def test_stages_one_by_one_give_what_the_whole_gives(transcript: TranscriptData) -> None:
    kept = TranscriptData.from_dict(json.loads(json.dumps(transcript.to_dict())))
    whole = analyse_file(STEREO, transcriber=FakeTranscriber())
    assert analyse_transcript(kept).to_dict() == whole.to_dict()
