"""Renders messages and labels in French and English.

The texts live in ``data/wording/*.toml``, one file a topic; the file's name is the first part of
every key in it, so ``[tunnel]`` in ``cause.toml`` is ``cause.tunnel``. Texts are written with plain
spaces and apostrophes; French typography (« », ’, non-breaking spaces, decimal comma) is applied
here, to our own words only, never to a quotation. We say "coïncide avec", never "a causé".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from callcoach.analysis.model import Cause, Figure, Message, Valence

LANGUAGES = ("fr", "en")
_NBSP, _NARROW = "\u00a0", "\u202f"
#: The aside of a text that names the bound: in brackets, or from a comma to the end.
_ABOUT_BOUND = re.compile(r"\s*\([^()]*\{bound\}[^()]*\)|,[^,()]*\{bound\}[^()]*$")
_UNITS = r"s|%|min|syll\./s|mots|fois|secondes|tours|questions"


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Every key with its text in every language, French already typeset."""
    texts: dict[str, Mapping[str, str]] = {}
    folder = files("callcoach.analysis") / "data" / "wording"
    for resource in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not resource.name.endswith(".toml"):
            continue
        topic = resource.name.removesuffix(".toml")
        for name, entry in tomllib.loads(resource.read_text(encoding="utf-8")).items():
            texts[f"{topic}.{name}"] = {"fr": typeset_french(entry["fr"]), "en": entry["en"]}
    return texts


def typeset_french(text: str) -> str:
    """French typography for a text written with plain spaces and apostrophes.

    >>> ascii(typeset_french("Qu'en dites-vous ?")).count("u2019")
    1
    """
    text = text.replace("'", "’").replace("...", "…")
    text = re.sub(r"« ?", "«" + _NBSP, text)
    text = re.sub(r" ?»", _NBSP + "»", text)
    text = re.sub(r" ([;!?])", _NARROW + r"\1", text)
    text = text.replace(" :", _NBSP + ":")
    return re.sub(rf"([0-9}}]) ({_UNITS})(?![\w’])", rf"\1{_NBSP}\2", text)


def render(message: Message, language: str) -> str:
    """The words of `message` in `language`.

    Numbers are written as the language does: floats with one decimal unless whole, in French with
    a comma. A value that is itself a `Message` is rendered too. Of a measure without a bound (a
    `bound` of None) the words that speak of it are left out.

    Raises:
        KeyError: the message key or one of its values is unknown.
        ValueError: the language is neither "fr" nor "en".

    >>> render(Message("cause.monologue"), "fr")
    'tunnel'
    """
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r} is not one of {', '.join(LANGUAGES)}")
    values = {name: _show(value, language) for name, value in message.values.items()}
    text = catalogue()[message.key][language]
    if "bound" in message.values and message.values["bound"] is None:
        text = _ABOUT_BOUND.sub("", text)
    return text.format(**values)


def render_both(message: Message) -> dict[str, str]:
    """The words of `message` in every language.

    >>> render_both(Message("valence.negative"))
    {'fr': 'rupture', 'en': 'break'}
    """
    return {language: render(message, language) for language in LANGUAGES}


def _show(value: Any, language: str) -> str:
    if isinstance(value, Message):
        return render(value, language)
    if isinstance(value, float):
        text = f"{value:.1f}".removesuffix(".0")
        return text.replace(".", ",") if language == "fr" else text
    return str(value)


def placeholders(text: str) -> frozenset[str]:
    """Names that `text` expects, to check that both languages expect the same."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def cause_label(cause: Cause | str, language: str) -> str:
    """The floor's own word for a cause.

    >>> cause_label("insistence", "fr")
    'forcing'
    """
    return render(Message(f"cause.{Cause(cause).value}"), language)


def cue_text(detector: str, cause: Cause | str, language: str) -> str:
    """What a detector listens for; of one that names causes by likeness, that.

    >>> cue_text("D01", "monologue", "en") == cue_text("D02", "monologue", "en")
    False
    """
    names = (f"cue.{detector}_{cause}", f"cue.{cause}") if detector != "R0" else ("cue.inferred",)
    return render(Message(next(name for name in names if name in catalogue())), language)


def valence_label(valence: Valence | str, language: str) -> str:
    """What a card says: "rupture" or "déclic"."""
    return render(Message(f"valence.{Valence(valence).value}"), language)


def severity_label(severity: int, language: str) -> str:
    """1 slight, 2 clear, 3 lost or won here."""
    return render(Message(f"severity.{severity}"), language)


def speaker_label(speaker: str, language: str) -> str:
    """Agent, prospect or unknown."""
    return render(Message(f"speaker.{speaker}"), language)


def figure_label(name: str, language: str) -> str:
    """Short name of a figure."""
    return render(Message(f"figure.{name}"), language)


def figure_definition(name: str, language: str) -> str:
    """One or two sentences: what is measured, and what is left out."""
    return render(Message(f"definition.{name}"), language)


def unit_label(unit: str, language: str) -> str:
    """A unit as shown after a number; empty for a bare number."""
    return render(Message(f"unit.{unit}"), language) if unit else ""


def reason_text(reason: str, language: str) -> str:
    """Why a figure is missing."""
    return render(Message(f"reason.{reason}"), language)


def figure_text(figure: Figure, language: str) -> str:
    r"""A figure ready to read: number and unit (ratios as percent), or the reason for its absence.

    >>> figure_text(Figure(0.25, "ratio"), "en"), figure_text(Figure(3.0, "count"), "fr")
    ('25\xa0%', '3')
    """
    if figure.value is None:
        return reason_text(figure.reason or "no_speech", language)
    if figure.unit == "ratio":
        return f"{figure.value * 100:.0f}{_NBSP}%"
    if figure.unit == "count":
        return f"{figure.value:.0f}"
    return f"{_show(float(figure.value), language)}{_NBSP}{unit_label(figure.unit, language)}"
