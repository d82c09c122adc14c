"""`callcoach evaluate`: how well tipping points are found, against supervisors' marks."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import click

from callcoach.analysis.evaluation import evaluate as score
from callcoach.analysis.model import AgentChannel, CallAnalysis, Channels
from callcoach.analysis.scoreboard import render_table
from callcoach.analysis.truth import Truth, load_truth, tracks_from_turns
from callcoach.commands.recognition import (
    limits,
    load_transcriber,
    parse_agent_channel,
    parse_language,
    print_json,
    quiet,
)
from callcoach.config import Settings
from callcoach.errors import InvalidInput, RecordingRejected
from callcoach.pipeline import (
    RECOGNITION_VERSION,
    TranscriptData,
    analyse_transcript,
    decode,
    transcribe,
)
from callcoach.speech.audio import file_hash
from callcoach.speech.transcriber import Transcriber

TRUTH_SUFFIX = ".truth.json"


@dataclass(frozen=True, slots=True)
class Pair:
    """A recording and the truth about it."""

    audio: Path
    truth: Path
    agent_channel: AgentChannel


@click.command()
@click.argument("folder")
@click.option("--json", "as_json", is_flag=True, help="Print the scores as one JSON object.")
@click.option("--language", default="fr", help="Language spoken: fr (the default) or en.")
@click.option("--model", help="Speech model: a name (see `callcoach models list`) or a folder.")
@click.option("--cache", "cache_dir", help="Folder that keeps transcripts for the next time.")
def evaluate(
    folder: str, *, as_json: bool, language: str, model: str | None, cache_dir: str | None
) -> None:
    """Score the tipping points found in a folder of recordings with truth files.

    Twice: on the recognised words, and on the true text of the truth files, which shows what
    recognition costs.

    A calls.csv in the folder pairs them (columns file, truth, agent_channel); else each recording
    goes with the truth file of the same stem.
    """
    settings = Settings.from_env()
    spoken = parse_language(language)
    pairs = find_pairs(Path(folder))
    truths = [_truth(pair.truth) for pair in pairs]
    listener = _Listener(settings, model, spoken, Path(cache_dir) if cache_dir else None)
    items, texts = [], []
    for number, (pair, truth) in enumerate(zip(pairs, truths, strict=True), start=1):
        click.echo(f"{number}/{len(pairs)} {pair.audio.name}", err=True)
        with quiet():
            items.append((truth.id, listener.analyse(pair), truth))
            texts.append((truth.id, _from_text(truth, spoken), truth))
    heard, told = score(items), score(texts)
    if as_json:
        print_json({**heard.to_dict(), "true_text": told.to_dict()})
    else:
        click.echo(f"ON RECOGNISED WORDS\n\n{render_table(heard)}")
        click.echo(f"\nON THE TRUE TEXT\n\n{render_table(told)}")


def _from_text(truth: Truth, language: str) -> CallAnalysis:
    """The analysis of what was really said, when it was said."""
    data = TranscriptData(
        duration_s=truth.duration_s,
        channels=Channels.STEREO,
        tracks=tracks_from_turns(truth.turns),
        language=language,
        engine={"model": "truth"},
    )
    return analyse_transcript(data, agent_channel=AgentChannel.LEFT)


def find_pairs(folder: Path) -> list[Pair]:
    """The recordings of a folder that have a truth file.

    Raises:
        InvalidInput: the folder, a named file or any pair at all is missing.
    """
    if not folder.is_dir():
        raise InvalidInput("There is no folder %(path)s.", path=str(folder))
    table = folder / "calls.csv"
    pairs = _pairs_by_table(table) if table.is_file() else None
    if pairs is None:
        pairs = _pairs_by_stem(folder)
    if not pairs:
        raise InvalidInput(
            "No recording in %(path)s has a truth file (NAME.truth.json, or named in calls.csv).",
            path=str(folder),
        )
    return pairs


def _pairs_by_table(table: Path) -> list[Pair] | None:
    """Pairs that calls.csv names; None when it has no truth column."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(
            "%(path)s cannot be read: %(reason)s.", path=str(table), reason=str(error)
        ) from None
    if not rows or "truth" not in rows[0] or "file" not in rows[0]:
        return None
    pairs = []
    for row in rows:
        if not (row["truth"] and row["file"]):
            continue
        pair = Pair(
            table.parent / row["file"],
            table.parent / row["truth"],
            parse_agent_channel(row.get("agent_channel") or "auto"),
        )
        for path in (pair.audio, pair.truth):
            if not path.is_file():
                raise InvalidInput("calls.csv names %(path)s, which is missing.", path=path.name)
        pairs.append(pair)
    return pairs


def _pairs_by_stem(folder: Path) -> list[Pair]:
    files = sorted(path for path in folder.iterdir() if path.is_file())
    truths = {p.name.removesuffix(TRUTH_SUFFIX): p for p in files if p.name.endswith(TRUTH_SUFFIX)}
    return [
        Pair(path, truths[path.stem], AgentChannel.AUTO)
        for path in files
        if path.stem in truths and path.suffix != ".json"
    ]


def _truth(path: Path) -> Truth:
    try:
        return load_truth(path)
    except (OSError, ValueError) as error:
        raise InvalidInput(str(error).replace("%", "%%")) from None


class _Listener:
    """Transcribes once per file and settings, where a cache folder is given."""

    def __init__(
        self, settings: Settings, model: str | None, language: str, cache_dir: Path | None
    ) -> None:
        self._settings = settings
        self._model = model
        self._language = language
        self._cache_dir = cache_dir
        self._transcriber = cache(self._load)

    def _load(self) -> Transcriber:
        return load_transcriber(self._settings, self._model)

    def analyse(self, pair: Pair) -> CallAnalysis:
        kept = self._kept(pair)
        if kept is not None and kept.is_file():
            data = TranscriptData.from_dict(json.loads(kept.read_text(encoding="utf-8")))
        else:
            data = self._transcribe(pair)
            if kept is not None:
                kept.parent.mkdir(parents=True, exist_ok=True)
                part = kept.with_suffix(f".{os.getpid()}")
                part.write_text(json.dumps(data.to_dict(), ensure_ascii=False), encoding="utf-8")
                part.replace(kept)
        return analyse_transcript(data, agent_channel=pair.agent_channel)

    def _transcribe(self, pair: Pair) -> TranscriptData:
        try:
            recording = decode(pair.audio, limits=limits(self._settings))
        except RecordingRejected as error:
            raise InvalidInput(
                "%(file)s: %(reason)s", file=pair.audio.name, reason=str(error)
            ) from error
        return transcribe(
            recording,
            transcriber=self._transcriber(),
            agent_channel=pair.agent_channel,
            language=self._language,
        )

    def _kept(self, pair: Pair) -> Path | None:
        if self._cache_dir is None:
            return None
        parts = (
            file_hash(pair.audio),
            self._model or self._settings.model,
            self._language,
            str(pair.agent_channel is AgentChannel.MIXED),
            str(RECOGNITION_VERSION),
            version("faster-whisper"),
        )
        name = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        return self._cache_dir / f"{name}.json"
