"""A campaign's changes to the engine, as data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcoach.analysis.model import CallContext
from callcoach.analysis.tuning import MAX_PHRASE, Tuning

names = st.sampled_from(["refusal", "bookish", "buying"])
phrases = st.lists(st.text(max_size=30), max_size=4).map(lambda found: tuple(sorted(set(found))))
tunings = st.builds(
    Tuning,
    added=st.dictionaries(names, phrases.filter(bool), max_size=3),
    removed=st.dictionaries(names, phrases.filter(bool), max_size=3),
    prototypes=st.dictionaries(names, phrases.filter(bool), max_size=3),
    background=phrases,
    bounds=st.dictionaries(names, st.floats(0, 100), max_size=3),
)


@given(tunings)
def test_what_is_written_is_read_again(tuning: Tuning) -> None:
    assert Tuning.from_dict(tuning.to_dict()) == tuning
    assert CallContext.from_dict({"tuning": tuning.to_dict()}).tuning == tuning


@given(tunings)
def test_the_fingerprint_tells_changed_from_unchanged_and_not_the_order(tuning: Tuning) -> None:
    turned = Tuning.from_dict(
        {
            key: dict(reversed(list(part.items()))) if isinstance(part, dict) else part[::-1]
            for key, part in tuning.to_dict().items()
        }
    )
    assert turned.fingerprint == tuning.fingerprint
    more = Tuning(**{**tuning.to_dict(), "background": (*tuning.background, "et la suite")})
    assert more.fingerprint != tuning.fingerprint


def test_no_change_has_no_fingerprint() -> None:
    assert Tuning().is_empty
    assert Tuning().fingerprint == ""
    assert Tuning.from_dict({}).is_empty


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"lexicon": {}}, "lexicon"),
        ({"added": ["refusal"]}, "added"),
        ({"removed": {"refusal": "non"}}, "removed"),
        ({"prototypes": {"refusal": [1]}}, "prototypes"),
        ({"background": ["x" * (MAX_PHRASE + 1)]}, "background"),
        ({"bounds": {"monologue": "30"}}, "bounds"),
        ({"bounds": {"monologue": True}}, "bounds"),
    ],
)
def test_what_cannot_be_read_is_named(data: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Tuning.from_dict(data)
