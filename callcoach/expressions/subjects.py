"""The job on recorded expressions: its name, and how its subject names an expression and its sound."""

from __future__ import annotations

#: Recognise what was said.
TRANSCRIBE = "expressions.transcribe_voice"

_PREFIX = "expression-voice:"


def voice_subject(expression_id: int, file_id: int) -> str:
    """The subject of the job on one sound of an expression: another one in its place has its own.

    >>> voice_subject(12, 33)
    'expression-voice:12:33'
    """
    return f"{_PREFIX}{expression_id}:{file_id}"


def voice_of(subject: str) -> tuple[int, int]:
    """The expression and the sound that a subject names.

    >>> voice_of("expression-voice:12:33")
    (12, 33)
    """
    if not subject.startswith(_PREFIX):
        raise ValueError(f"{subject!r} names no recorded expression")
    expression_id, file_id = subject.removeprefix(_PREFIX).split(":")
    return int(expression_id), int(file_id)
