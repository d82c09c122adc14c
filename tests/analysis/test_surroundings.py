"""What lies around a moment, the learnt cause, and what the ledger allows to explain a point."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from callcoach.analysis import detectors, fusion
from callcoach.analysis.detectors import (
    ABOVE,
    FORBIDDEN,
    LISTED,
    NOT_ABOVE,
    NOT_MEASURED,
    load_ledger,
    may_explain,
    registry,
)
from callcoach.analysis.engagement import engagement_curve
from callcoach.analysis.lexicon import load_lexicon, prepare, read_lexicon
from callcoach.analysis.model import CallContext, Cause, Segment, Track, Valence, Word
from callcoach.analysis.scene import Scene
from callcoach.analysis.surroundings import surroundings
from callcoach.analysis.turns import build_conversation

Lines = list[tuple[str, str]]


def _scene(
    lines: Lines, *, shift_s: float = 0.0, tail_s: float = 0.0, **lexicon: list[str]
) -> Scene:
    """Agent ("a") and prospect ("p") lines, four words a second, half a second between turns."""
    words: dict[str, list[Word]] = {"a": [], "p": []}
    voice: dict[str, list[Segment]] = {"a": [], "p": []}
    at = 1.0 + shift_s
    for side, text in lines:
        start = at
        for word in text.split():
            words[side].append(Word(f" {word}", round(at, 3), round(at + 0.22, 3), 0.9))
            at += 0.25
        voice[side].append(Segment(round(start, 3), round(at, 3)))
        at += 0.5
    tracks = [Track(i, tuple(voice[s]), tuple(words[s])) for i, s in enumerate("ap")]
    conversation = build_conversation(
        tracks, duration_s=at + tail_s, agent_channel=0, separate=True
    )
    lists = {**load_lexicon("fr"), **{name: prepare(each) for name, each in lexicon.items()}}
    return Scene(conversation, CallContext(), "fr", lists)


TALK: Lines = [
    ("a", "Bonjour monsieur je vous appelle au sujet de vos livraisons du matin"),
    ("p", "Oui alors nos camions partent très tôt et les chauffeurs attendent souvent au quai"),
    ("a", "Donc vos chauffeurs attendent au quai chaque matin avant de partir ?"),
    ("p", "Voilà exactement et ça nous coûte des heures parce que le quai est trop petit"),
    ("a", "Notre société propose une gamme complète de solutions innovantes depuis vingt ans"),
    ("p", "Non mais écoutez."),
    ("a", "Je vous envoie notre documentation complète sur la gamme dans la journée"),
    ("p", "Non."),
]


def test_a_prospect_who_goes_quiet_shows_in_words_and_in_closed_classes() -> None:
    scene = _scene(TALK)
    _, opening, pitch, _ = (surroundings(scene, moment) for moment in scene.moments)
    assert pitch["words_gain"] < opening["words_gain"]
    assert pitch["said_neg_next"] > opening["said_neg_next"] == 0
    assert pitch["taking_part_next"] < opening["taking_part_next"]


def test_taking_up_the_prospects_words_is_told_from_going_on_regardless() -> None:
    scene = _scene(TALK)
    _, takes_up, goes_on, repeats = (surroundings(scene, moment) for moment in scene.moments)
    assert takes_up["takes_up_last"] > 0.3 > goes_on["takes_up_last"]
    assert repeats["repeats_itself"] > goes_on["repeats_itself"] == 0


@pytest.mark.parametrize(("shift_s", "tail_s"), [(7.25, 0.0), (0.0, 90.0), (40.0, 12.5)])
def test_the_numbers_bear_silence_before_and_after_the_call(shift_s: float, tail_s: float) -> None:
    scene, moved = _scene(TALK), _scene(TALK, shift_s=shift_s, tail_s=tail_s)
    for one, two in zip(scene.moments, moved.moments, strict=True):
        assert surroundings(scene, one) == pytest.approx(surroundings(moved, two), abs=1e-6)


def test_a_lone_turn_without_any_answer_has_numbers_and_no_point() -> None:
    scene = _scene([("a", "Allô vous m'entendez ?")])
    (moment,) = scene.moments
    assert all(value == value for value in surroundings(scene, moment).values())
    assert fusion.find_tipping_points(scene, engagement_curve(scene)) == ()


def test_a_scene_reads_with_the_phrase_lists_that_it_is_given() -> None:
    named = _scene(TALK, ambiguous=["gamme complète"])
    assert named.has(named.moments[2].turn, "ambiguous")
    assert not _scene(TALK).has(_scene(TALK).moments[2].turn, "ambiguous")


def test_every_detector_has_a_ledger_entry_that_agrees_with_its_figures() -> None:
    ledger = load_ledger()
    assert list(ledger) == [(detector.id, detector.cause) for detector in registry()]
    for (detector, cause), entry in ledger.items():
        assert (entry.detector, entry.cause) == (detector, cause)
        assert 0 <= entry.right <= entry.in_place <= entry.cues
        assert entry.low <= (entry.precision or 0.0) <= entry.high
        if entry.why == NOT_MEASURED:
            assert not entry.enabled
        else:
            # A single right cue may be luck where the cause is rare
            assert entry.enabled == (entry.low > entry.base_rate and entry.right > 1)
            assert entry.why == (ABOVE if entry.enabled else NOT_ABOVE)


def _always(valence: Valence, cause: Cause) -> fusion.Weights:
    """Weights that flag every moment with this valence and cause."""
    packaged = fusion.load_weights()
    none: dict[Valence, dict[str, float]] = {each: {} for each in Valence}
    return replace(
        packaged,
        weight=none,
        trees={},
        bias={each: 3.0 if each is valence else -9.0 for each in Valence},
        cause={each: {"": 5.0 if each is cause else -5.0} for each in Cause},
    )


def test_a_cause_without_a_cue_says_so_and_quotes_what_was_said() -> None:
    scene = _scene(TALK)
    points = fusion.find_tipping_points(
        scene, engagement_curve(scene), _always(Valence.NEGATIVE, Cause.INTERRUPTION)
    )
    assert points
    for point in points:
        assert point.detector == fusion.INFERRED
        assert point.explanation.key == "explanation.inferred_negative"
        assert point.evidence[0].quote
    assert all(b.start_s - a.start_s > fusion.MERGE_S for a, b in pairwise(points))


def test_a_disabled_detector_neither_names_nor_explains_unless_the_campaign_lists_the_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = _scene(TALK, ambiguous=["gamme complète"])
    (candidate,) = [c for c in detectors.run_detectors(scene) if c.cause is Cause.AMBIGUOUS_CLAIM]
    kind = ("N1", Cause.AMBIGUOUS_CLAIM)
    entry = load_ledger()[kind]
    for enabled in (True, False):
        ledger = {**load_ledger(), kind: replace(entry, enabled=enabled)}
        monkeypatch.setattr(detectors, "load_ledger", lambda ledger=ledger: ledger)
        assert may_explain(candidate) is enabled
        assert may_explain(replace(candidate, variant=LISTED))
        assert may_explain(replace(candidate, variant=FORBIDDEN))
        points = fusion.find_tipping_points(
            scene, engagement_curve(scene), _always(Valence.NEGATIVE, Cause.AMBIGUOUS_CLAIM)
        )
        raised = {p.detector for p in points if p.turn == candidate.turn}
        assert raised <= {candidate.detector if enabled else fusion.INFERRED}


def test_a_call_in_which_no_moment_is_likelier_than_not_gets_no_point() -> None:
    scene = _scene(TALK)
    sure = _always(Valence.NEGATIVE, Cause.MONOLOGUE)
    faint = replace(sure, bias=dict.fromkeys(Valence, -0.1))
    floor = faint.probability(Valence.NEGATIVE, {})
    assert faint.floor[Valence.NEGATIVE] < floor < fusion.CALL_FLOOR
    assert fusion.find_tipping_points(scene, engagement_curve(scene), sure)
    assert fusion.find_tipping_points(scene, engagement_curve(scene), faint) == ()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_list_says_something_and_both_languages_have_the_same_lists(language: str) -> None:
    lists = read_lexicon(language)
    assert set(lists) == set(read_lexicon("fr"))
    for name, entry in lists.items():
        said = [*entry.get("phrases", ()), *entry.get("general", ())]
        assert said, name
        assert set(entry) <= {"phrases", "general"}
