"""What is measured of an answer: facts, as for a call."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcoach.analysis.model import CallContext, Segment
from callcoach.drills.measuring import closeness, figure, likeness, measure_speech, measure_text

EXAMPLE = "D’accord, vous êtes équipé. Vous clôturez en combien de jours ?"
CONTEXT = CallContext(forbidden=("zéro risque",), ambiguous=("gratuit",), vocabulary=("Sage",))


def test_a_spoken_answer_is_measured_like_a_call() -> None:
    text = "Je comprends. Et aujourd'hui, vous clôturez en combien de jours ?"
    voice = (Segment(1.2, 2.2), Segment(2.9, 5.4))
    found = measure_speech(text, voice, duration_s=6.0, example=EXAMPLE)
    assert figure(found, "silence_s") == 1.2
    assert figure(found, "speech_s") == pytest.approx(4.2)
    assert figure(found, "pauses") == 1
    assert figure(found, "longest_pause_s") == pytest.approx(0.7)
    assert figure(found, "words") == 11
    assert figure(found, "ends_with_question") == 1
    rate = figure(found, "rate")
    assert rate is not None
    assert 4 < rate < 7


def test_a_silence_has_its_length_and_no_figure_of_words() -> None:
    found = measure_speech("", (), duration_s=4.5, example=EXAMPLE)
    assert figure(found, "silence_s") == 4.5
    for name in ("rate", "pauses", "speech_s", "ends_with_question", "closeness"):
        assert figure(found, name) is None
        assert found[name]["reason"]


def test_expressions_are_quoted_with_the_list_they_are_on() -> None:
    text = "Désolé de vous déranger, c'est zéro risque et gratuit."
    found = measure_text(text, context=CONTEXT)["expressions"]
    listed = {item["list"] for item in found["quotes"]}
    assert {"forbidden", "ambiguous", "self_belittling"} <= listed
    assert all(item["quote"].strip(".,").lower() in text.lower() for item in found["quotes"])
    assert found["value"] == len(found["quotes"])


def test_an_expression_is_named_once_even_when_on_two_lists() -> None:
    context = CallContext(forbidden=("désolé de vous déranger",))
    found = measure_text("Désolé de vous déranger.", context=context)["expressions"]["quotes"]
    assert [item["list"] for item in found] == ["forbidden"]


def test_other_wording_is_said_to_be_otherwise_and_not_wrong() -> None:
    assert likeness(closeness(EXAMPLE, EXAMPLE)) == "close"
    near = closeness("Vous clôturez en combien de jours aujourd'hui ?", EXAMPLE)
    assert likeness(near) in ("close", "partly")
    assert likeness(closeness("Envoyez-moi un courrier.", EXAMPLE)) == "otherwise"
    assert likeness(None) == ""


@given(st.text(max_size=200), st.text(max_size=200))
def test_closeness_lies_between_none_and_all_whatever_is_said(first: str, second: str) -> None:
    value = closeness(first, second)
    assert value is None or 0 <= value <= 1
    assert closeness(first, first) in (None, 1.0)
    for name, item in measure_text(first, example=second).items():
        assert item["value"] is None or item["value"] >= 0, name


def test_campaigns_own_words_count_in_any_form_and_not_where_denied() -> None:
    context = CallContext(
        forbidden=("je vous garantis", "c'est … gratuit"), ambiguous=("un point",)
    )

    def quotes(text: str) -> list[tuple[str, str]]:
        found = measure_text(text, context=context)["expressions"]["quotes"]
        own = ("forbidden", "ambiguous")
        return [(item["quote"], item["list"]) for item in found if item["list"] in own]

    assert quotes("On vous garantit trente jours, c'est totalement gratuit.") == [
        ("On vous garantit", "forbidden"),
        ("c'est totalement gratuit.", "forbidden"),
    ]
    assert quotes("Je ne vous garantis rien, et ce n'est pas gratuit.") == []
