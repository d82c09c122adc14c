"""Hypothesis strategies for tracks: tidy ones for properties, wild ones for robustness."""

from __future__ import annotations

from hypothesis import strategies as st

from callcoach.analysis.model import Segment, Track, Word

_TEXTS = (
    " oui",
    " d'accord",
    " c'est",
    " trop",
    " cher.",
    " combien",
    " ?",
    "-vous",
    " hum",
    " euh…",
    " jeudi",
)


@st.composite
def voices(draw: st.DrawFn) -> tuple[Segment, ...]:
    """Sorted, disjoint regions on a 10 ms grid, within two minutes."""
    steps = draw(st.lists(st.tuples(st.integers(20, 400), st.integers(10, 600)), max_size=12))
    at, regions = 0, []
    for pause, length in steps:
        start = at + pause
        at = start + length
        regions.append(Segment(start / 100, at / 100))
    return tuple(regions)


@st.composite
def tidy_tracks(draw: st.DrawFn) -> tuple[Track, Track]:
    """Two channels whose words lie inside their voice."""
    tracks = []
    for channel in (0, 1):
        voice = draw(voices())
        words = []
        for region in voice:
            count = draw(st.integers(0, 4))
            step = region.duration_s / max(count, 1)
            words += [
                Word(
                    draw(st.sampled_from(_TEXTS)),
                    round(region.start_s + i * step, 3),
                    round(region.start_s + (i + 0.8) * step, 3),
                    0.9,
                )
                for i in range(count)
            ]
        tracks.append(Track(channel, voice, tuple(words)))
    return tracks[0], tracks[1]


wild_words = st.lists(
    st.builds(
        Word,
        word=st.text(max_size=12),
        start_s=st.floats(-5, 200) | st.sampled_from([float("inf"), float("nan")]),
        end_s=st.floats(-5, 200) | st.just(float("nan")),
        probability=st.floats(allow_nan=True),
    ),
    max_size=30,
).map(tuple)

#: Everything that a recogniser should not hand over: nothing, long, in no language, out of place.
odd_words = st.lists(
    st.builds(
        Word,
        word=st.text(max_size=6)
        | st.sampled_from(
            (
                "",
                " ",
                "\u200b",
                "\u202e oui",
                " e\u0301te\u0301",
                " \U0001f642",
                "\x00",
                "İ",
                "ﬁ",
                " ça" * 700,
            )
        )
        | st.sampled_from(_TEXTS),
        start_s=st.sampled_from((-1.0, 0.0, 0.1, 3.0, 3.0, 3.2, 5.0, 19.999, 20.0, 86_400.0)),
        end_s=st.sampled_from((0.0, 0.1, 3.0, 3.1, 3.2, 8.0, 20.0, 60.0, float("nan"))),
        probability=st.sampled_from((0.0, 0.5, 1.0, -1.0, float("nan"))),
    ),
    max_size=25,
).map(tuple)
