"""What a call is held against, and what comes out. All times are seconds from the start."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from callcoach.analysis.claims import Standing
from callcoach.analysis.model import Kind, Message

#: Raised with everything that changes what comes out: calls are checked again.
ENGINE = 1

#: Below this confidence a person is asked; chosen on the tuning calls so that what is above it is
#: right nine times in ten (docs/alignment.md).
SURE = 0.7


class StatementKind(StrEnum):
    """What the sponsor says of a statement."""

    APPROVED = "approved"
    CONDITIONAL = "conditional"
    FORBIDDEN = "forbidden"
    AMBIGUOUS = "ambiguous"
    DISCLOSURE = "disclosure"
    POSITIONING = "positioning"


class DisclosureKind(StrEnum):
    """What must be said when a call opens."""

    IDENTITY = "identity"
    ON_BEHALF = "on_behalf"
    COMMERCIAL = "commercial"
    RECORDING = "recording"
    OBJECTION = "objection"


#: Statements that are not to be said.
UNWANTED = frozenset({StatementKind.FORBIDDEN, StatementKind.AMBIGUOUS})


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement the sponsor decided on.

    Args:
        key: tells statements apart.
        text: its words; of a forbidden one the claim, or a description of it.
        nuances: wordings that are as good; of a forbidden one, as bad.
        condition: of a conditional one, the words without which it may not be said.
        disclosure: of a disclosure, which.
        note: why, or what to say instead; not compared.
    """

    key: str
    kind: StatementKind
    text: str
    nuances: tuple[str, ...] = ()
    condition: str = ""
    disclosure: DisclosureKind | None = None
    note: str = ""

    @property
    def wordings(self) -> tuple[str, ...]:
        """The text and its nuances, without empty ones."""
        return tuple(text for text in (self.text, *self.nuances) if text.strip())


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of the call.

    Args:
        kind: who was reached.
        sponsor: the company on whose behalf the agent calls; "" when it is not known.
        agent: the caller's name; "" when it is not known.
        language: "fr" or "en"; anything else is read as French.
    """

    kind: Kind = Kind.TARGET
    sponsor: str = ""
    agent: str = ""
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class Found:
    """How the call stands to one statement.

    Args:
        quote: the exact words as recognised, "" when nothing was said.
        start_s, end_s, channel: where; None when nothing was said.
        confidence: 0 to 1; below `SURE` a person is asked.
        reason: rendered by `analysis.wording`.
    """

    key: str
    standing: Standing
    quote: str
    start_s: float | None
    end_s: float | None
    channel: int | None
    confidence: float
    reason: Message

    @property
    def is_sure(self) -> bool:
        """Whether nobody needs to be asked."""
        return self.confidence >= SURE
