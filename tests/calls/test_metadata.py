"""Reading calls.csv, the file beside a recording, phones, times and words for outcomes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from callcoach.analysis.model import AgentChannel
from callcoach.calls.metadata import (
    CallMetadata,
    read_moment,
    read_outcome,
    read_phone,
)
from callcoach.calls.metadata_files import read_csv, read_json
from callcoach.calls.models import CallKind, Outcome
from callcoach.errors import InvalidInput


def test_the_samples_calls_csv_is_read_in_full(samples: Path) -> None:
    rows = read_csv((samples / "calls.csv").read_bytes())
    assert len(rows) == 8
    assert [row.error for row in rows] == [None] * 8
    first = rows[0]
    assert (first.line, first.file) == (2, "comptaclair-01-daf-emballage.wav")
    assert first.metadata == CallMetadata(
        external_id="DEMO-0001",
        started_at=datetime(2026, 9, 14, 8, 12, 3, tzinfo=UTC),
        direction="outbound",
        agent="Hanta R.",
        team="Équipe Antananarivo",
        sponsor="Comptaclair",
        campaign="Clôture mensuelle DAF",
        prospect_name="Mme Delattre",
        prospect_phone="+33199001234",
        company="Ardenne Emballage",
        persona="DAF",
        outcome=Outcome.MEETING,
        agent_channel=AgentChannel.LEFT,
        language="fr",
    )


def test_an_outcome_gatekeeper_is_a_kind(samples: Path) -> None:
    by_file = {row.file: row.metadata for row in read_csv((samples / "calls.csv").read_bytes())}
    row = by_file["voltaneo-03-standard-logistique.flac"]
    assert (row.kind, row.outcome) == (CallKind.GATEKEEPER, Outcome.NONE)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_exports_of_spreadsheets_are_read(encoding: str, mark: str) -> None:
    lines = (
        ("Fichier", "Équipe", "Téléphone", "Société", "Issue", "Date"),
        ("a.wav", "Équipe Tunis", "06 12 34 56 78", "Ombrières & Cie", "RDV", "14/09/2026 11:41"),
    )
    content = "\r\n".join(mark.join(cells) for cells in lines).encode(encoding)
    (row,) = read_csv(content)
    assert row.error is None
    assert row.file == "a.wav"
    assert row.metadata.team == "Équipe Tunis"
    assert row.metadata.prospect_phone == "+33612345678"
    assert row.metadata.outcome is Outcome.MEETING
    assert row.metadata.started_at == datetime(2026, 9, 14, 9, 41, tzinfo=UTC)


def test_a_fault_in_a_row_is_told_with_its_line_and_spares_the_others() -> None:
    content = b"file,outcome,started_at\na.wav,meeting,\nb.wav,sold,\n\nc.wav,,yesterday\n,,\nd.wav"
    rows = read_csv(content)
    assert [(row.line, row.file, row.error is None) for row in rows] == [
        (2, "a.wav", True),
        (3, "b.wav", False),
        (5, "c.wav", False),
        (7, "d.wav", True),
    ]
    assert "sold" in str(rows[1].error)
    assert "yesterday" in str(rows[2].error)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"name,team\nx,y\n", "file"),
        (b"file,team,equipe\na.wav,x,y\n", "team"),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole_says_why(content: bytes, word: str) -> None:
    with pytest.raises(InvalidInput, match=word):
        read_csv(content)


def test_a_row_with_too_many_cells_is_refused() -> None:
    (row,) = read_csv(b"file,team\na.wav,x,surplus\n")
    assert "more cells" in str(row.error)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("+33465710187", "+33465710187"),
        ("0033465710187", "+33465710187"),
        ("33465710187", "+33465710187"),
        ("0465710187", "+33465710187"),
        ("04 65 71 01 87", "+33465710187"),
        ("06.12.34.56.78", "+33612345678"),
        ("+261 34 12 345 67", "+261341234567"),
        ("+33199001234", "+33199001234"),
        ("", ""),
    ],
)
def test_phones_become_e164(written: str, expected: str) -> None:
    assert read_phone(written) == expected


@pytest.mark.parametrize("written", ["call me", "12", "0" * 30])
def test_what_is_no_phone_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput, match="not a phone"):
        read_phone(written)


def test_a_naive_time_is_of_the_imports_zone_in_summer_and_winter() -> None:
    assert read_moment("2026-07-01 12:00") == datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
    assert read_moment("2026-12-01 12:00") == datetime(2026, 12, 1, 11, 0, tzinfo=UTC)
    tunis = read_moment("2026-07-01 12:00", zone="Africa/Tunis")
    assert tunis == datetime(2026, 7, 1, 11, 0, tzinfo=UTC)
    stated = read_moment("2026-07-01T12:00:00+03:00", zone="Africa/Tunis")
    assert stated == datetime(2026, 7, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "kind", "outcome"),
    [
        ("Rendez-vous", CallKind.TARGET, Outcome.MEETING),
        ("raccroché", CallKind.TARGET, Outcome.HUNG_UP),
        ("Répondeur", CallKind.VOICEMAIL, Outcome.NONE),
        ("no answer", CallKind.NO_ANSWER, Outcome.NONE),
    ],
)
def test_outcomes_are_read_in_the_floors_words(text: str, kind: CallKind, outcome: Outcome) -> None:
    assert read_outcome(text, CallKind.TARGET) == (kind, outcome)


def test_the_file_beside_a_recording_is_json() -> None:
    found = read_json('{"agent": "1042", "Société": "Vidal", "extra": {"x": 1}}'.encode())
    assert (found.agent, found.company) == ("1042", "Vidal")
    for content in (b"[1]", b"{", b'{"outcome": "sold"}'):
        with pytest.raises(InvalidInput):
            read_json(content)


def test_the_stronger_source_wins_field_by_field() -> None:
    strong = CallMetadata(agent="HANTA", company="Vidal")
    weak = CallMetadata(agent_id=7, team_id=3, company="Baudry", persona="DAF")
    merged = strong.over(weak)
    assert (merged.agent, merged.agent_id) == ("HANTA", None), "one statement about the agent"
    assert (merged.team_id, merged.company, merged.persona) == (3, "Vidal", "DAF")


def test_a_campaign_is_one_statement_with_its_sponsor() -> None:
    form = CallMetadata(campaign_id=4)
    assert CallMetadata(sponsor="Voltaneo").over(form).campaign_id == 4
    row = CallMetadata(sponsor="Voltaneo", campaign="Ombrières")
    assert row.over(form).campaign_id is None
    weaker = CallMetadata(sponsor="Comptaclair", campaign="Clôture")
    assert CallMetadata(campaign="Ombrières").over(weaker).sponsor == ""
