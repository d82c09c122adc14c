"""Metadata from file names, by patterns with named groups.

A pattern is a regular expression that must match the whole name. Its groups are field names of
`CallMetadata` (``agent``, ``prospect_phone``, ``started_at``, ``external_id``, ``campaign``,
``team``, ``direction`` …), or ``date`` and ``time``, or ``epoch`` (seconds since 1970).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from callcoach.calls.metadata import DEFAULT_ZONE, CallMetadata
from callcoach.errors import InvalidInput

_PHONE = r"(?P<prospect_phone>\+?\d{6,15})"
_EXTENSION = r"\.\w+"
_SIDE = r"(-(all|in|out))?" + _EXTENSION
#: Tried in this order after the configured ones.
BUILT_IN = (
    # VICIdial, campaign_rec_filename FULLDATE_AGENT_CUSTPHONE; the mixer adds -all, or -in and -out
    r"(?P<started_at>\d{8}-\d{6})_(?P<agent>[^_]{1,40})_" + _PHONE + _SIDE,
    # VICIdial, its default FULLDATE_CUSTPHONE
    r"(?P<started_at>\d{8}-\d{6})_" + _PHONE + _SIDE,
    # VICIdial, CAMPAIGN_AGENT_FULLDATE_CUSTPHONE
    r"(?P<campaign>[^_]{1,40})_(?P<agent>[^_]{1,40})_(?P<started_at>\d{8}-\d{6})_" + _PHONE + _SIDE,
    # Contact-centre suites: a GUID, the agent, date and time
    r"(?P<external_id>[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})[_ ]"
    r"(?P<agent>[^_]{1,40})[_ ]"
    r"(?P<started_at>\d{8}[-_]?\d{6}|\d{4}-\d\d-\d\d[_-]\d\d-\d\d-\d\d)" + _EXTENSION,
    # Asterisk MixMonitor of FreePBX: out-NUMBER-EXTENSION-DATE-TIME-UNIQUEID
    r"(?P<direction>out|in)-" + _PHONE + r"-(?P<agent>\w{1,20})-(?P<date>\d{8})-(?P<time>\d{6})"
    r"-(?P<external_id>\d+\.\d+)" + _EXTENSION,
)
_FIELDS = frozenset(CallMetadata.__dataclass_fields__) | {"date", "time", "epoch"}


def compile_patterns(configured: Iterable[str] = ()) -> tuple[re.Pattern[str], ...]:
    """The configured patterns, then the built-in ones.

    Raises:
        InvalidInput: a configured pattern is no regular expression or names an unknown field.
    """
    patterns = []
    for text in configured:
        try:
            pattern = re.compile(text)
        except re.error as error:
            raise InvalidInput(
                "The file-name pattern %(pattern)s cannot be read: %(error)s.",
                pattern=text,
                error=str(error),
            ) from error
        if unknown := sorted(set(pattern.groupindex) - _FIELDS):
            raise InvalidInput(
                "The file-name pattern %(pattern)s names “%(field)s”, which is not a field.",
                pattern=text,
                field=unknown[0],
            )
        patterns.append(pattern)
    return (*patterns, *(re.compile(text) for text in BUILT_IN))


def metadata_of_name(
    file_name: str, patterns: Sequence[re.Pattern[str]], *, zone: str = DEFAULT_ZONE
) -> CallMetadata:
    """What the first pattern that fits says; nothing when none does.

    A pattern that fits with impossible values (a 13th month) does not fit.

    Args:
        zone: of times in the name (IANA).
    """
    for pattern in patterns:
        match = pattern.fullmatch(file_name)
        if match is None:
            continue
        values = {name: value for name, value in match.groupdict().items() if value}
        try:
            if "date" in values:
                values["started_at"] = f"{values.pop('date')}-{values.pop('time', '000000')}"
            if "epoch" in values:
                moment = datetime.fromtimestamp(int(values.pop("epoch")), UTC)
                values["started_at"] = moment.isoformat()
            return CallMetadata.from_values(values, zone=zone)
        except (InvalidInput, ValueError, OverflowError, OSError):
            continue
    return CallMetadata()
