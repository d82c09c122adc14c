"""Filled pauses and drawn-out words, as far as the time base shows them."""

from __future__ import annotations

from callcoach.analysis.lanes import ms
from callcoach.analysis.model import Turn
from callcoach.analysis.scene import Scene
from callcoach.analysis.text import count_syllables

#: Usual length of a spoken syllable, seconds (TIPPING.md §1: 5.3 syllables a second).
SYLLABLE_S = 1 / 5.3
#: A word this many times longer than its syllables take is drawn out (TIPPING.md §2, disfluency).
DRAWN_OUT = 2.5


def longest_filler_s(scene: Scene, turn: Turn) -> float:
    """The longest hesitation sound in `turn`, seconds; 0 for none or where nothing was recognised.

    Recognition leaves "euh" out: it shows as voice that no word covers, or in a word that lasts far
    longer than its syllables, because the next word took its time.
    """
    if not turn.words:
        return 0.0
    longest = 0.0
    for unit in scene.conversation.units_of(turn):
        reached = unit.start_s
        for word in unit.words:
            longest = max(longest, min(word.start_s, unit.end_s) - reached)
            usual = SYLLABLE_S * max(1, count_syllables(word.word))
            lasts = min(word.end_s, unit.end_s) - max(word.start_s, unit.start_s)
            if lasts >= DRAWN_OUT * usual:
                longest = max(longest, lasts - usual)
            reached = max(reached, word.end_s)
        longest = max(longest, unit.end_s - reached) if unit.words else longest
    return ms(longest)
