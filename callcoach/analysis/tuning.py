"""What a campaign changes in the engine: its own phrases, prototypes and bounds.

Data only; `lexicon`, `intents` and `thresholds` apply it. Everything is reversible: an empty
`Tuning` is the packaged engine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

#: Longest phrase or prototype, characters.
MAX_PHRASE = 200


@dataclass(frozen=True, slots=True)
class Tuning:
    """A campaign's changes.

    Args:
        added: name of a phrase list -> phrases that count there too.
        removed: name of a phrase list -> packaged phrases that do not count there.
        prototypes: intent -> sentences of prospects that mean it.
        background: sentences that mean none of the intents, whatever they resemble.
        bounds: name of a threshold (`analysis.thresholds`) -> value, in the threshold's unit.
    """

    added: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    removed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    prototypes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    background: tuple[str, ...] = ()
    bounds: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return self == Tuning()

    @property
    def fingerprint(self) -> str:
        """12 hexadecimal digits that change with the content, not with its order; "" when empty."""
        if self.is_empty:
            return ""
        data = json.dumps(self.to_dict(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(data.encode()).hexdigest()[:12]

    def to_dict(self) -> dict[str, Any]:
        """JSON types, in a fixed order."""
        return {
            "added": _listed(self.added),
            "removed": _listed(self.removed),
            "prototypes": _listed(self.prototypes),
            "background": sorted(self.background),
            "bounds": {name: float(value) for name, value in sorted(self.bounds.items())},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote; any part may be missing.

        Raises:
            ValueError: a key is unknown or has the wrong type; the message names it.
        """
        if unknown := sorted(set(data) - set(cls.__dataclass_fields__)):
            raise ValueError(f"unknown tuning key {unknown[0]!r}")
        values: dict[str, Any] = {}
        for key in ("added", "removed", "prototypes"):
            values[key] = _phrases_by_name(key, data.get(key, {}))
        values["background"] = _phrases("background", data.get("background", []))
        bounds = data.get("bounds", {})
        if not isinstance(bounds, Mapping) or not all(
            isinstance(value, (int, float)) and not isinstance(value, bool)
            for value in bounds.values()
        ):
            raise ValueError("tuning 'bounds' must map names to numbers")
        values["bounds"] = {str(name): float(value) for name, value in bounds.items()}
        return cls(**values)


def _listed(phrases: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {name: sorted(found) for name, found in sorted(phrases.items()) if found}


def _phrases_by_name(key: str, data: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(data, Mapping):
        raise ValueError(f"tuning {key!r} must map names to lists of strings")  # noqa: TRY004
    return {str(name): _phrases(key, found) for name, found in data.items() if found}


def _phrases(key: str, data: Any) -> tuple[str, ...]:
    if not isinstance(data, (list, tuple)) or not all(
        isinstance(item, str) and len(item) <= MAX_PHRASE for item in data
    ):
        raise ValueError(f"tuning {key!r} must hold strings of {MAX_PHRASE} characters at most")
    return tuple(sorted(set(data)))
