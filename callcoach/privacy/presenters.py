"""What an outsider reads of a released call. Rows in, plain values out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from callcoach.privacy.models import Redaction


@dataclass(frozen=True, slots=True)
class Bit:
    """A stretch of a turn's redacted text; `kind` says what was struck out, "" for words that stay."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class RedactedTurn:
    """A turn as redacted, cut to the stretch that was asked for."""

    turn: int
    speaker: str
    channel: int
    start_ms: int
    end_ms: int
    bits: tuple[Bit, ...]

    @property
    def text(self) -> str:
        return "".join(bit.text for bit in self.bits).strip()


def turns_of(
    redaction: Redaction, start_ms: int | None = None, end_ms: int | None = None
) -> list[RedactedTurn]:
    """What was released of a call, or of ``[start_ms, end_ms)`` of it: a word belongs to where its
    middle lies. Never the original words; whether the redaction fits is the caller's to ask
    (`queries.released_for`).
    """
    first = 0 if start_ms is None else start_ms
    last = float("inf") if end_ms is None else end_ms
    cut: list[RedactedTurn] = []
    for turn in redaction.turns:
        if turn["end_ms"] <= first or turn["start_ms"] >= last:
            continue
        bits = _bits(
            [
                (text, kind)
                for text, since, until, kind in turn.get(
                    "pieces", [[turn["text"], turn["start_ms"], turn["end_ms"], ""]]
                )
                if first <= (since + until) / 2 < last or "pieces" not in turn
            ]
        )
        if bits:
            cut.append(
                RedactedTurn(
                    turn["turn"],
                    turn["speaker"],
                    turn["channel"],
                    int(max(turn["start_ms"], first)),
                    int(min(turn["end_ms"], last)),
                    bits,
                )
            )
    return cut


def text_of(redaction: Redaction, start_ms: int, end_ms: int, channel: int | None = None) -> str:
    """The redacted words of a stretch in one line; "" when nothing is left of it.

    Args:
        channel: of one side only.
    """
    said = (
        turn.text
        for turn in turns_of(redaction, start_ms, end_ms)
        if channel is None or turn.channel == channel
    )
    return re.sub(r"\s+", " ", " ".join(said)).strip()


def _bits(pieces: list[tuple[str, str]]) -> tuple[Bit, ...]:
    bits: list[Bit] = []
    for text, kind in pieces:
        if kind:
            lead = text[: text.index("[")] if "[" in text else ""
            if lead:
                bits.append(Bit(lead))
            bits.append(Bit(text.removeprefix(lead), kind))
        elif bits and not bits[-1].kind:
            bits[-1] = Bit(bits[-1].text + text)
        else:
            bits.append(Bit(text))
    return tuple(bits)
