"""Whatever pieces an upload comes in, it ends as the same bytes or as a clear refusal."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.storage import uploads
from callcoach.web.uploads import Piece

LIMIT = 1000
CONTENT = bytes(range(250)) * 2


@pytest.fixture
def key(app: Flask) -> Iterator[str]:
    with app.app_context():
        yield uploads.upload_key("test", 1)


def _send(key: str, offset: int, piece: bytes, length: int = len(CONTENT)) -> int:
    return uploads.take_piece(key, offset, piece, length=length, max_bytes=LIMIT)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_any_pieces_repeats_and_cuts_end_as_the_same_bytes(key: str, data: st.DataObject) -> None:
    """A sender that asks where to go on after each refusal, as the pages do."""
    uploads.forget_upload(key)
    content = data.draw(st.binary(min_size=1, max_size=300), label="content")
    steps = data.draw(
        st.lists(st.tuples(st.integers(0, 320), st.integers(0, 120)), max_size=12), label="sent"
    )
    there = 0
    for offset, size in steps:
        piece = content[offset : offset + size]
        try:
            now = _send(key, offset, piece, len(content))
        except (Conflict, InvalidInput):
            now = uploads.received(key)
            assert now == there, "a refused piece changes nothing"
            assert not piece or offset > there, "a piece that fits is never refused"
        assert there <= now <= len(content)
        there = now
    while there < len(content):
        there = _send(key, there, content[there : there + 50], len(content))
    digest = hashlib.sha256(content).hexdigest()
    assert uploads.read_upload(key, sha256=digest) == content


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_other_bytes_never_slip_into_an_upload(key: str, data: st.DataObject) -> None:
    """Two senders under one name: what ends whole is what the first of them sent."""
    uploads.forget_upload(key)
    mine = data.draw(st.binary(min_size=2, max_size=60), label="mine")
    theirs = data.draw(st.binary(min_size=len(mine), max_size=len(mine)), label="theirs")
    pieces = st.tuples(st.booleans(), st.integers(0, 60), st.integers(1, 60))
    for is_mine, offset, size in data.draw(st.lists(pieces, max_size=8), label="sent"):
        with contextlib.suppress(Conflict, InvalidInput):
            _send(key, offset, (mine if is_mine else theirs)[offset : offset + size], len(mine))
    digest = hashlib.sha256(mine).hexdigest()
    try:
        at = uploads.received(key)
        if at < len(mine):
            _send(key, at, mine[at:], len(mine))
        assert uploads.read_upload(key, sha256=digest) == mine
    except Conflict:
        assert uploads.received(key) == 0, "what came damaged can be sent anew"


def test_a_piece_beyond_what_has_come_is_refused_with_where_to_go_on(key: str) -> None:
    _send(key, 0, CONTENT[:100])
    with pytest.raises(Conflict) as refused:
        _send(key, 150, CONTENT[150:200])
    assert refused.value.values["offset"] == 100
    assert uploads.received(key) == 100


@pytest.mark.parametrize(
    ("offset", "piece", "length"),
    [(-1, b"x", 10), (0, b"", 10), (8, b"xyz", 10), (0, b"x", 0), (0, b"x", LIMIT + 1)],
)
def test_what_cannot_be_a_piece_is_refused(
    key: str, offset: int, piece: bytes, length: int
) -> None:
    with pytest.raises(InvalidInput):
        _send(key, offset, piece, length)
    assert uploads.received(key) == 0


def test_another_length_under_the_same_name_is_refused(key: str) -> None:
    _send(key, 0, b"abc", 10)
    with pytest.raises(Conflict):
        _send(key, 3, b"def", 11)
    assert uploads.received(key) == 3


def test_an_upload_that_is_not_whole_cannot_be_read(key: str) -> None:
    with pytest.raises(NotFound):
        uploads.read_upload(key)
    _send(key, 0, CONTENT[:-1])
    with pytest.raises(NotFound):
        uploads.read_upload(key)


def test_the_last_piece_makes_something_of_the_whole_and_nothing_stays(key: str) -> None:
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    half = len(CONTENT) // 2

    def take(offset: int, data: bytes, make: Callable[[bytes], int]) -> tuple[int, int | None]:
        piece = Piece(offset, len(CONTENT), data, sha256)
        return uploads.take_whole(key, piece, max_bytes=10_000, make=make)

    assert take(0, CONTENT[:half], len) == (half, None)
    assert take(half, CONTENT[half:], len) == (len(CONTENT), len(CONTENT))
    assert uploads.received(key) == 0
    take(0, CONTENT[:half], len)
    with pytest.raises(ZeroDivisionError):
        take(half, CONTENT[half:], lambda whole: len(whole) // 0)
    assert uploads.received(key) == 0, "what cannot be used is not kept for another try"
