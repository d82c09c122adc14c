"""Errors typed by audience, and the mark of their sentences. Standard library only, so that every room may raise them.

Each error takes one sentence for the user (already readable, ending with what to do where there
is something to do) and values for the log. `callcoach.web.errors` maps them to pages,
`callcoach.cli` to exit codes.
"""

from __future__ import annotations

from typing import Any


def N_(message: str) -> str:  # noqa: N802 - the name that extraction knows
    """Mark a message id for extraction; it is translated where it is shown."""
    return message


class CallCoachError(Exception):
    """Base of all errors a person should read.

    Args:
        message: one sentence for the user, in English, a translatable message id; `%(name)s`
            placeholders are filled from `values`.
        **values: placeholders of the message and facts for the log; never secrets.
    """

    #: HTTP status the web layer answers with.
    status = 500

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(message % values if values and "%(" in message else message)
        self.message = message
        self.values = values


class InvalidInput(CallCoachError):
    """What was sent cannot be understood or is out of range."""

    status = 400


class NotAllowed(CallCoachError):
    """Visible to the viewer, but this action is not theirs."""

    status = 403


class NotFound(CallCoachError):
    """Does not exist, or lies outside the viewer's scope: the two are never told apart."""

    status = 404


class StaleVersion(CallCoachError):
    """Saved over a newer version; `values["theirs"]` holds the text saved in between."""

    status = 409


class Conflict(CallCoachError):
    """The same identity with other content, such as one external id with two recordings."""

    status = 409


class RecordingRejected(CallCoachError):
    """A file that cannot become a recording. Nothing was stored.

    `reason` is a stable machine word: not_audio, truncated, empty, silent, too_long, too_large,
    bomb, unsafe_name, unsupported, unreadable.
    """

    status = 422

    def __init__(self, reason: str, message: str, **values: Any) -> None:
        super().__init__(message, **values)
        self.reason = reason


class JobFailed(CallCoachError):
    """A job could not do its work; `retryable` says whether trying again may help."""

    def __init__(self, message: str, *, retryable: bool, **values: Any) -> None:
        super().__init__(message, **values)
        self.retryable = retryable


class ModelUnavailable(CallCoachError):
    """No speech model can be had; the message says exactly what to do."""
