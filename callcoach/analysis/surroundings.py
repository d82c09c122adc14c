"""What lies around one turn of the agent, three prospect turns each way, as plain numbers.

Complements `reaction`: how much and how the prospect talks before and after, how far either side
takes up the other's words, how the agent's turn compares with the agent's others. Everything is
counted or timed; closed word classes (no, yes, but, I, you) survive recognition errors best.

Does not use: any voice quality, or anything that tells one person from another.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import log1p
from statistics import median

from callcoach.analysis.engagement import observe
from callcoach.analysis.model import Speaker, Turn
from callcoach.analysis.reaction import polarity
from callcoach.analysis.scene import (
    Moment,
    Scene,
    length_s,
    mean_length_s,
    new_content,
    once,
    words_in,
)
from callcoach.analysis.text import content_words, count_syllables, overlap, questions, tokens

#: Prospect turns compared on each side (TIPPING.md §4.2: three turns or 30 s).
SPAN = 3
#: Delays are compared within this many spreads (TIPPING.md §4.2: clipped).
Z_CAP = 3.0
#: Syllables a second when nothing could be counted (TIPPING.md §1: median 5.3, slower on the phone).
USUAL_RATE = 4.5
#: Letters of a word when nothing was said, and from which a word is long.
USUAL_LETTERS = 4.0
LONG_LETTERS = 9
#: Voice shorter than this, in seconds, carries no rate.
MIN_VOICE_S = 0.5

#: Folded words of closed classes, French and English.
WORDS: dict[str, frozenset[str]] = {
    "neg": frozenset("non pas rien jamais plus aucun aucune ni no not never nothing".split()),  # noqa: SIM905
    "yes": frozenset(
        "oui ouais exactement voila effectivement absolument accord parfait marche yes yeah right".split()  # noqa: SIM905
    ),
    "but": frozenset("mais bon enfin ecoutez attendez pardon euh ben but well wait sorry".split()),  # noqa: SIM905
    "self": frozenset("je j on nous mon ma mes notre nos moi m i we my our me us".split()),  # noqa: SIM905
    "you": frozenset("vous votre vos you your".split()),  # noqa: SIM905
}
#: Lists of what agents say that tell one cause from another, counted up to three.
AGENT_LISTS = (
    "self_belittling", "bookish", "familiar", "jargon", "absolute", "ambiguous", "insisting",
    "reformulating", "open_question", "inviting", "filler",
)  # fmt: skip
NEXT_LISTS = ("objection", "thinking", "hesitation")
LAST_LISTS = ("thinking", "accepted", "disclosure")

#: What the next prospect turn may tell of the cause, counted up to two.
REPLY_LISTS = (
    "reply_unheard", "reply_lost", "reply_too_fast", "reply_disbelief", "reply_who",
    "reply_offended", "reply_pressed", "reply_cut_off", "reply_small",
)  # fmt: skip


def surroundings(scene: Scene, moment: Moment) -> dict[str, float]:
    """The numbers of one moment; names are stable, they key the fitted weights."""
    return {
        **_prospect(scene, moment),
        **_agent(scene, moment),
        **_place(scene, moment),
        **_engagement(scene, moment),
        **_lists(scene, moment),
    }


def _prospect(scene: Scene, moment: Moment) -> dict[str, float]:
    """How the prospect speaks before and after."""
    before, after = moment.before[-SPAN:], moment.after[:SPAN]
    following, last = moment.next, moment.last
    polarity_before = _mean([polarity(scene, turn) for turn in before])
    numbers = {
        "words_gain": log1p(_mean([words_in(turn) for turn in after]))
        - log1p(_mean([words_in(turn) for turn in before])),
        "words_next": log1p(words_in(following)),
        "words_last": log1p(words_in(last)),
        "length_gain_3": log1p(mean_length_s(after)) - log1p(mean_length_s(before)),
        "longest_after": log1p(max([length_s(turn) for turn in after], default=0.0)),
        "longest_before": log1p(max([length_s(turn) for turn in before], default=0.0)),
        "questions_before": _mean([len(questions(turn.text)) for turn in before]),
        "questions_after": _mean([len(questions(turn.text)) for turn in after]),
        "polarity_later": _mean([polarity(scene, turn) for turn in after[1:]]),
        "polarity_before": polarity_before,
        "polarity_gain": _mean([polarity(scene, turn) for turn in after]) - polarity_before,
        "new_content_next": log1p(new_content(following, before)),
        "echo_next": overlap(moment.turn.text, following.text) if following else 0.0,
        "unfinished_next": float(_is_unfinished(following)),
        "unfinished_last": float(_is_unfinished(last)),
        "exclaims_next": float(following is not None and "!" in following.text),
    }
    for name, words in WORDS.items():
        numbers[f"said_{name}_next"] = log1p(_count(following, words))
        numbers[f"said_{name}_last"] = log1p(_count(last, words))
    return numbers


def _agent(scene: Scene, moment: Moment) -> dict[str, float]:
    """How the agent speaks, also compared with the prospect's words and the agent's own turns."""
    turn, last = moment.turn, moment.last
    words = tokens(turn.text)
    own = content_words(turn.text)
    told: set[str] = set()
    for said in moment.before:
        told |= content_words(said.text)
    earlier = scene.moments[moment.place - 1].turn if moment.place else None
    later = scene.moments[moment.place + 1].turn if len(scene.moments) > moment.place + 1 else None
    voice_s = sum(unit.duration_s for unit in scene.conversation.units_of(turn))
    usual_s = median([other.length_s for other in scene.moments])
    return {
        "takes_up_last": overlap(last.text, turn.text) if last else 0.0,
        "takes_up_any": len(told & own) / max(1, len(own)),
        "repeats_itself": overlap(earlier.text, turn.text) if earlier else 0.0,
        "agent_later_length": log1p(length_s(later)),
        "agent_earlier_length": log1p(length_s(earlier)),
        "agent_later_adjusting": float(scene.has(later, "adjusting")),
        "letters_a_word": _mean([len(word) for word in words]) if words else USUAL_LETTERS,
        "long_words": _mean([len(word) >= LONG_LETTERS for word in words]),
        "agent_says_you": _mean([word in WORDS["you"] for word in words]),
        "agent_says_self": _mean([word in WORDS["self"] for word in words]),
        "agent_questions": float(min(3, len(questions(turn.text)))),
        "rate": count_syllables(turn.text) / max(voice_s, MIN_VOICE_S) if words else USUAL_RATE,
        "pauses": 1 - min(1.0, voice_s / max(moment.length_s, 0.1)),
        "length_beside_own": log1p(moment.length_s) - log1p(usual_s),
    }


def _place(scene: Scene, moment: Moment) -> dict[str, float]:
    """Where the turn stands between the first and the last voice, and how the floor passed."""
    conversation, turn = scene.conversation, moment.turn
    start = conversation.units[0].start_s
    end = max(unit.end_s for unit in conversation.units)
    short = [conversation.turns[index] for index in conversation.interjections]
    following = moment.next
    return {
        "seconds_left": log1p(max(0.0, end - turn.end_s)),
        "position": (turn.start_s - start) / max(end - start, 1.0),
        "turns_left": log1p(len(scene.moments) - 1 - moment.place),
        "encouraged": log1p(_inside(short, Speaker.PROSPECT, turn)),
        "encourages": log1p(_inside(short, Speaker.AGENT, following)),
        "unusual_delay_out": _clip(moment.exchange_out.z) if moment.exchange_out else 0.0,
        "unusual_delay_in": _clip(moment.exchange_in.z) if moment.exchange_in else 0.0,
    }


def _engagement(scene: Scene, moment: Moment) -> dict[str, float]:
    """How far the prospect takes part before and after (unsmoothed, see `engagement`)."""
    seen = _taking_part(scene)
    before = [seen[turn.index] for turn in moment.before[-SPAN:]]
    after = [seen[turn.index] for turn in moment.after[:SPAN]]
    return {
        "taking_part_gain": _mean(after) - _mean(before) if before and after else 0.0,
        "taking_part_next": seen[moment.next.index] if moment.next else 0.0,
        "taking_part_last": seen[moment.last.index] if moment.last else 0.0,
    }


@once
def _taking_part(scene: Scene) -> Mapping[int, float]:
    """The observations of the scene that is being analysed, by turn."""
    return {item.turn: item.value for item in observe(scene)}


def _lists(scene: Scene, moment: Moment) -> dict[str, float]:
    numbers = {
        f"agent_said_{name}": float(min(3, len(scene.hits(moment.turn, name))))
        for name in AGENT_LISTS
    }
    numbers |= {name: float(min(2, len(scene.hits(moment.next, name)))) for name in REPLY_LISTS}
    numbers |= {f"next_said_{name}": float(scene.has(moment.next, name)) for name in NEXT_LISTS}
    numbers |= {f"last_said_{name}": float(scene.has(moment.last, name)) for name in LAST_LISTS}
    return numbers


def _is_unfinished(turn: Turn | None) -> bool:
    return turn is not None and turn.text.rstrip().endswith(("…", "..."))


def _count(turn: Turn | None, words: Collection[str]) -> int:
    return sum(token in words for token in tokens(turn.text)) if turn else 0


def _inside(short: Sequence[Turn], speaker: Speaker, around: Turn | None) -> int:
    """Interjections of `speaker` that start within `around`."""
    if around is None:
        return 0
    return sum(
        turn.speaker is speaker and around.start_s <= turn.start_s <= around.end_s for turn in short
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _clip(z: float) -> float:
    return max(-Z_CAP, min(Z_CAP, z))
