"""What colleagues read of a moment: its words, and nobody's name."""

from __future__ import annotations

import re

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from callcoach.analysis.text import fold
from callcoach.calls.mapping import ShownTurn
from callcoach.calls.operations.editing import correct_turn
from callcoach.debriefs.operations import agenda
from callcoach.debriefs.said import Secrets, between, parts_of
from callcoach.extensions import db, write_transaction
from tests.factories.calls import spread_words

from .conftest import Floor

AGENT, PROSPECT, COMPANY = "Hanta Rakotomalala", "Mme Jeanne de Delattre", "Ardenne Emballage"
SECRETS = Secrets((AGENT, PROSPECT, COMPANY), spared=("Comptaclair",))
_WORDS = (
    "bonjour madame oui d'accord alors on a déjà un outil mardi ou jeudi vous clôturez en combien de "
    "jours c'est à l'appareil je m'appelle Comptaclair merci. Voilà, donc"
)
PLAIN = st.sampled_from(_WORDS.split())


def _turn(
    text: str, start_ms: int = 0, corrected: str | None = None, probability: float = 0.9
) -> ShownTurn:
    end_ms = start_ms + 400 * max(1, len(text.split()))
    words = tuple(
        (str(word), int(start), int(end), probability)
        for word, start, end, _sure in spread_words(text, start_ms, end_ms)
    )
    return ShownTurn(1, 0, "agent", 0, start_ms, end_ms, corrected or text, text, words, 0)


def _misspelt(name: str, at: int) -> str:
    """One letter of a long name heard wrongly."""
    at = at % (len(name) - 1) + 1
    return f"{name[:at]}{'e' if name[at] != 'e' else 'a'}{name[at + 1 :]}"


NAMES = st.sampled_from([*parts_of(AGENT), *parts_of(PROSPECT), *parts_of(COMPANY)])
SAID_NAMES = st.one_of(
    NAMES,
    NAMES.map(str.lower),
    NAMES.map(str.upper),
    NAMES.map(lambda name: f"{name},"),
    st.just("Rakoto malala"),
    st.tuples(st.sampled_from(["Rakotomalala", "Delattre"]), st.integers(0, 40)).map(
        lambda pair: _misspelt(*pair).lower()
    ),
)


@given(
    st.lists(st.one_of(PLAIN, PLAIN, SAID_NAMES), min_size=1, max_size=25),
    st.integers(0, 12_000),
    st.integers(0, 12_000),
    st.booleans(),
)
def test_no_name_of_agent_prospect_or_company_stays(
    words: list[str], one_ms: int, other_ms: int, is_corrected: bool
) -> None:
    text = " ".join(words)
    turn = _turn("bla " * len(words), corrected=text) if is_corrected else _turn(text)
    bounds = sorted((one_ms, other_ms + 1))
    said = between([turn], bounds[0], bounds[1], [bounds[0] + 900], secrets=SECRETS, language="fr")
    names = {fold(part) for part in SECRETS.parts} | {"rakoto", "malala"}
    shown = {fold(word) for part in said for word in re.findall(r"\w+", part["text"])}
    assert not shown & names
    assert not {word for word in shown if word.startswith(("rakotom", "delatt", "dalatt"))}


def test_a_turn_over_the_question_is_cut_there_and_numbers_are_known_beyond_the_edge() -> None:
    turn = _turn("mon numéro c'est le zéro six douze treize quatorze quinze d'accord à mardi")
    said = between([turn], 2000, 5200, [4000], secrets=SECRETS, language="fr")
    assert [(part["start_ms"], part["end_ms"]) for part in said] == [(2000, 4000), (4000, 5200)]
    assert said[0]["text"] == "[numéro de téléphone]"
    assert said[1]["text"] == "d'accord à mardi"


def test_what_was_not_heard_well_is_left_out() -> None:
    assert between([_turn("je vends du vent", probability=0.3)], 0, 9000, secrets=SECRETS, language="fr") == []  # fmt: skip
    invented = _turn("Sous-titres réalisés par la communauté d'Amara.org")
    assert between([invented], 0, 9000, secrets=SECRETS, language="fr") == []


def test_corrections_are_read_and_the_words_follow_what_is_corrected_later(
    app: Flask, floor: Floor
) -> None:
    with app.app_context(), write_transaction():
        item = agenda.add_moment(
            floor.claire, floor.debrief, floor.call, 2700, 24_000, is_good=True
        )
        assert item.said[0]["text"] == "Bonjour madame, [nom], de la société [nom]."
        assert floor.call.current_analysis is not None
        turn = floor.call.current_analysis.turns[3]
        correct_turn(
            floor.claire,
            floor.call,
            turn,
            "Je vous propose, dit Hanta, une démo jeudi.",
            based_on=0,
        )
        db.session.flush()
        assert item.said[-1]["text"] == "Je vous propose, dit [nom], une démo jeudi."
