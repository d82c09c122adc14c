"""Words shared by everything that says how a call stands to what was promised. Pure."""

from __future__ import annotations

from enum import StrEnum


class Standing(StrEnum):
    """How what was said in a call stands to one statement the sponsor decided on.

    For a statement that is to be said: faithful, distorted, over-promised or omitted. For one that is
    not to be said (forbidden, ambiguous): ``omitted`` is what is wanted, and ``overpromised`` (a
    forbidden claim) or ``distorted`` (an ambiguous one) that it was said.
    """

    #: Said as approved, or in an allowed nuance.
    FAITHFUL = "faithful"
    #: Said with another meaning: another figure, a negation, a missing condition.
    DISTORTED = "distorted"
    #: More was promised than was approved.
    OVERPROMISED = "overpromised"
    #: Not said although the call gave occasion to; for what must not be said: rightly not said.
    OMITTED = "omitted"
    #: The call gave no occasion: it ended before, or another person was reached.
    NOT_APPLICABLE = "not_applicable"
