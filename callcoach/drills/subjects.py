"""The jobs of this room: their names, and how a job's subject names an answer."""

from __future__ import annotations

from callcoach.drills.models import Answer

#: Recognise and measure an answer that was sent.
MEASURE = "drills.measure"
#: Delete a take that was not sent in time.
DROP_TAKE = "drills.drop_take"
#: Delete the sound of an answer that was sent long ago.
FORGET_SOUND = "drills.forget_sound"

_PREFIX = "answer:"


def answer_subject(answer_id: int) -> str:
    """The subject of jobs on an answer.

    >>> answer_subject(12)
    'answer:12'
    """
    return f"{_PREFIX}{answer_id}"


def take_subject(answer: Answer) -> str:
    """The subject of the job that deletes one take: another one at the same step has its own."""
    return f"{answer_subject(answer.id)}:{round(answer.created_at.timestamp() * 1000)}"


def answer_id_of(subject: str) -> int:
    """The answer that a subject names.

    >>> answer_id_of("answer:12:1790000000000")
    12
    """
    if not subject.startswith(_PREFIX):
        raise ValueError(f"{subject!r} does not name an answer")
    return int(subject.removeprefix(_PREFIX).split(":")[0])
