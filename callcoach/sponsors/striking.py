"""What people of the floor wrote about a call, without the names and numbers that slipped in."""

from __future__ import annotations

from callcoach.analysis import redaction
from callcoach.calls.models import Call
from callcoach.debriefs.said import secrets_of

#: What stands in the place of each kind.
_LABELS = dict.fromkeys(redaction.Sensitive, "…")


def without_names(text: str, call: Call | None) -> str:
    """A text as the client reads it: a supervisor who judges a call knows who speaks in it, and may
    have written so. Names of an erased call are not known any more; what looks like one goes too.
    """
    if call is None:
        return redaction.strike(text, redaction.find(text), _LABELS)
    secrets = secrets_of(call)
    found = redaction.find(text, names=secrets.names, spared=secrets.spared)
    return redaction.strike(text, found, _LABELS)
