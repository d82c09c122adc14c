"""Both languages say everything."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
PLACEHOLDER = re.compile(r"%\(\w+\)\w")


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Every sentence marked in code and templates, extracted as `make catalogues` does."""
    keywords = re.search(r"KEYWORDS := ((?:.*\\\n)*.*)", (ROOT / "Makefile").read_text())
    assert keywords is not None
    target = tmp_path_factory.mktemp("messages") / "messages.pot"
    pybabel = str(Path(sys.executable).parent / "pybabel")
    arguments = keywords[1].replace("\\\n", " ").split()
    subprocess.run(
        [pybabel, "-q", "extract", "-F", "babel.cfg", *arguments, "-o", target, "."],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    with target.open("rb") as file:
        return read_po(file)


def _catalogue(language: str) -> Catalog:
    path = ROOT / "callcoach" / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _texts(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_sentence_is_translated(language: str, wanted: Catalog) -> None:
    catalogue = _catalogue(language)
    missing = []
    for message in wanted:
        if not message.id:
            continue
        found = catalogue.get(message.id)
        if found is None or not all(_texts(found.string)) or found.fuzzy:
            missing.append(message.id)
    assert not missing, f"run `make catalogues` and write {language} for: {missing}"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_translations_fill_the_same_blanks(language: str) -> None:
    for message in _catalogue(language):
        blanks = set(PLACEHOLDER.findall(_texts(message.id)[-1] if message.id else ""))
        for text in _texts(message.string) if message.id else ():
            assert set(PLACEHOLDER.findall(text)) == blanks, message.id


def test_french_keeps_its_spaces_together() -> None:
    """No break before double punctuation nor inside guillemets."""
    loose = re.compile(r" [;:?!»]|« ")
    wrong = [m.string for m in _catalogue("fr") if any(loose.search(t) for t in _texts(m.string))]
    assert not wrong
