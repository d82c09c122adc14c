"""What an objection or a buying question is about, and whether a reply answers it.

Source: TIPPING.md §4.1, D09 (eight classes of objections) and D11 (price, lead time, how, references,
availability, "if we did it"). The words of each class are data (lists ``topic_*`` of the lexicon).

Does not detect: whether an answer is right, or an answer in words that no list knows and that takes up
nothing of the question.
"""

from __future__ import annotations

from callcoach.analysis.lexicon import Hit
from callcoach.analysis.model import Turn
from callcoach.analysis.scene import Scene
from callcoach.analysis.text import overlap, questions, word_count

#: Classes of objections.
OBJECTIONS = (
    "no_interest", "no_need", "no_time", "supplier", "price", "decider", "mail", "later",
)  # fmt: skip
#: Classes of buying questions; `PRICE` is the one that a campaign may leave to the appointment.
PRICE = "ask_price"
QUESTIONS = (PRICE, "ask_delay", "ask_how", "ask_references", "ask_availability", "ask_if")
#: What a pattern of the list finds in any objecting or telling sentence, folded.
_BUT = ("mais ", "but ")
#: The list that holds what answers a class of questions; the others are answered by content.
_TOLD = {
    PRICE: "topic_tell_price",
    "ask_delay": "topic_tell_delay",
    "ask_references": "topic_tell_references",
}
#: How it works, and what would happen if: an answer has a sentence to say before it asks, words.
_SENTENCE = 8
#: Share of the question's content that an answer without such a list takes up.
_TAKEN = 0.05


def topics(scene: Scene, turn: Turn | None, classes: tuple[str, ...]) -> frozenset[str]:
    """Which of `classes` the words of `turn` belong to; empty for none."""
    return frozenset(name for name in classes if scene.has(turn, f"topic_{name}"))


def objections_in(scene: Scene, turn: Turn | None) -> tuple[Hit, ...]:
    """What the prospect objects: by class, else by any other objecting words."""
    classed = tuple(hit for name in OBJECTIONS for hit in scene.hits(turn, f"topic_{name}"))
    other = scene.hits(turn, "objection")
    if not classed and len(other) == 1 and other[0].phrase.startswith(_BUT):
        return ()  # a mere "but" in the flow of a story
    return classed + other


def answers(scene: Scene, asked: Turn, reply: Turn) -> bool:
    """Whether `reply` answers what `asked` wants to know, each class by its own measure.

    "If we did it" wants its own words taken up or a step; a question whose class no list knows is
    answered by taking up its words, by a step or by a sentence that does not brush it aside.
    """
    wanted = topics(scene, asked, QUESTIONS)
    taken = overlap(asked.text, reply.text) > _TAKEN
    told = word_count(reply.text) - sum(map(word_count, questions(reply.text)))
    said = told >= _SENTENCE and not scene.has(reply, "deaf")
    if not wanted:
        return taken or said or scene.has(reply, "proposing")
    return all(_answers(scene, name, reply, taken=taken, said=said) for name in wanted)


def _answers(scene: Scene, name: str, reply: Turn, *, taken: bool, said: bool) -> bool:
    if name in _TOLD:
        return scene.has(reply, _TOLD[name])
    if name == "ask_if":
        return taken or scene.has(reply, "proposing")
    if name == "ask_availability" and scene.has(reply, "proposing"):
        return True
    return taken or said
