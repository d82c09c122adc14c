"""Scripts that were written elsewhere."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest

from callcoach.errors import InvalidInput
from callcoach.script_library import importing
from callcoach.script_library.document import (
    MAX_LINE,
    Document,
    Line,
    Section,
    SectionKind,
    Variant,
)
from callcoach.script_library.exports import document_markdown

_TEXT = """# Script de juin

## Accroche
- Bonjour [prénom], Miora de **Comptaclair**.
  - DAF : Bonjour, au sujet de votre clôture.
  - une précision qui n’est pas une variante
## Quand elle dit non
1. On regarde un exemple ?
   - *Objection : « C’est trop cher »*
"""


def test_headings_items_variants_and_objections_of_markdown_are_read() -> None:
    found = importing.read_text(_TEXT, ["DAF"])
    opening, other = found.document.sections
    assert found.title == "Script de juin"
    assert (opening.kind, opening.title) == (SectionKind.OPENING, "Accroche")
    first, second = opening.lines
    assert first.text == "Bonjour {prénom}, Miora de Comptaclair."
    assert [(v.persona, v.text) for v in first.variants] == [
        ("DAF", "Bonjour, au sujet de votre clôture.")
    ]
    assert second.text == "une précision qui n’est pas une variante"
    assert other.lines[0].answers == "C’est trop cher"
    assert found.unsure == {other.key}


def test_what_is_exported_is_read_back(app) -> None:
    document = Document(
        (
            Section(
                "a",
                SectionKind.OPENING,
                "Accroche",
                (
                    Line("b", "Bonjour {prénom}.", (Variant("DAF", "Bonjour Madame."),)),
                    Line("c", "Je vous appelle pour 2 raisons : le prix, la date."),
                ),
            ),
            Section("d", SectionKind.OBJECTION, "Objections", (Line("e", "Oui.", answers="Non"),)),
        )
    )
    with app.test_request_context():
        text = document_markdown(document, {})
    found = importing.adopt_keys(importing.read_text(text, ["DAF"]).document, document)
    assert found == document


def test_lines_that_were_there_keep_their_keys_whatever_their_place() -> None:
    known = importing.read_text(_TEXT, ["DAF"]).document
    changed = _TEXT.replace("On regarde un exemple ?", "On regarde ensemble un exemple ?")
    again = importing.adopt_keys(importing.read_text(changed, ["DAF"]).document, known)
    assert [line.key for line in again.lines()] == [line.key for line in known.lines()]


def test_a_word_file_is_read_with_its_headings_and_its_table_of_objections() -> None:
    file = docx.Document()
    file.add_heading("Ouverture", 1)
    file.add_paragraph("Bonjour {prénom}.", style="List Bullet")
    file.add_paragraph("DAF : Bonjour Madame.", style="List Bullet 2")
    file.add_heading("Objections", 1)
    row = file.add_table(1, 2).rows[0].cells
    row[0].text, row[1].text = "Trop cher", "Par rapport à quoi ?"
    out = io.BytesIO()
    file.save(out)
    opening, objections = importing.read_file("s.docx", out.getvalue(), ["DAF"]).document.sections
    assert opening.lines[0].text == "Bonjour {prénom}."
    assert opening.lines[0].variants[0].persona == "DAF"
    (answer,) = objections.lines
    assert (answer.answers, answer.text) == ("Trop cher", "Par rapport à quoi ?")


def _archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


_ENTITIES = b'<!DOCTYPE x [<!ENTITY a "b">]><w:document>&a;</w:document>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \n ",
        b"\x00\x01\x02" * 50,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100,
        b"PK\x03\x04 torn",
        _archive(other=b"no document"),
        _archive(**{"word__document.xml": b"<not closed"}),
        _archive(**{"word__document.xml": _ENTITIES, "[Content_Types].xml": _ENTITIES}),
        _archive(**{"word__document.xml": b"0" * (importing.MAX_UNPACKED_BYTES + 1)}),
        b"a" * (importing.MAX_BYTES + 1),
        b"- Bonjour.\n" * 401,
        b"# Accroche\n",
        # written to keep whoever reads them busy
        b"[" * 590_000,
        b"<!--" * 147_000,
        b"# " + b"#" * 590_000 + b"x",
        b"- a\n  - objection: " + b"* " * 290_000 + b"x",
        b"a " * 300_001,
    ],
    # An archive's first bytes hold the time: its name must not change while tests are collected
    ids=lambda content: repr(content[:4]),
)
def test_what_cannot_be_a_script_is_refused_with_a_reason(content: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        importing.read_file("file", content, [])
    assert str(refused.value).endswith(".")


def test_stray_braces_and_long_paragraphs_are_mended_and_told() -> None:
    long = "Une phrase qui dit quelque chose. " * 60
    found = importing.read_text(f"## Accroche\n- Bonjour {{{{ vous }} et {{1}}.\n\n{long}\n", [])
    first, *rest = found.document.lines()
    assert "{" not in first.text
    assert len(rest) > 1
    assert all(len(line.text) <= MAX_LINE for line in rest)
    assert " ".join(line.text for line in rest) == long.strip()
    assert len(found.notes) == 2
