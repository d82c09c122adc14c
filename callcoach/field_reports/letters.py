"""The letter of a week to the sponsor: proposed from what was kept, written by a person, sent once.

Quotes are proposed with names and numbers struck out; each reaches the letter only when a person has
released it. Everything has a limit, so that the letter stays one page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.analysis.redaction import Sensitive, find, strike
from callcoach.campaigns.models import Campaign
from callcoach.errors import Conflict, InvalidInput, NotAllowed, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.field_reports.access import can_report
from callcoach.field_reports.models import KeptFinding, SponsorLetter, Use
from callcoach.field_reports.queries import Finding, known_names
from callcoach.notices.operations import notify

#: What fits one page: points, quotes of one, and characters of each part.
MAX_POINTS, MAX_QUOTES = 4, 2
MAX_INTRO, MAX_TEXT, MAX_QUOTE = 400, 280, 200
#: Quotes proposed of one point, for a person to choose from.
PROPOSED = 4


@dataclass(frozen=True, slots=True)
class Point:
    """One finding in a letter.

    Args:
        heading: what it is, in the letter's language.
        text: what is said of it.
        quotes: prospects' words, struck out and released.
        subject: ``signal:label`` of the finding that it came from, so that the form finds it again.
        is_left_out: kept with the draft and shown to nobody else.
    """

    heading: str
    text: str
    quotes: tuple[str, ...] = ()
    subject: str = ""
    is_left_out: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says."""

    intro: str
    points: tuple[Point, ...] = ()
    closing: str = ""

    @property
    def shown(self) -> tuple[Point, ...]:
        """The points that its reader sees."""
        return tuple(point for point in self.points if not point.is_left_out)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Letter:
        points = tuple(
            Point(
                item["heading"],
                item["text"],
                tuple(item["quotes"]),
                item.get("subject", ""),
                item.get("is_left_out", False),
            )
            for item in data.get("points", ())
        )
        return cls(data.get("intro", ""), points, data.get("closing", ""))


def struck_quotes(
    campaign: Campaign, finding: Finding, labels: Mapping[Sensitive, str]
) -> list[str]:
    """Prospects' words of a finding for a person to release, what tells somebody struck out."""
    moments = finding.moments[:PROPOSED]
    names = known_names(campaign, [moment.call_id for moment in moments])
    spared = (campaign.sponsor.name, *campaign.vocabulary)
    quotes = []
    for moment in moments:
        text = " ".join(moment.quote.split())
        struck = strike(text, find(text, names=names, spared=spared), labels)
        quotes.append(struck if len(struck) <= MAX_QUOTE else f"{struck[: MAX_QUOTE - 1]}…")
    return list(dict.fromkeys(quotes))


def for_letter(kept: Iterable[KeptFinding]) -> list[KeptFinding]:
    """What was kept for the letter, as far as it fits one."""
    return [row for row in kept if row.used_for == Use.LETTER][:MAX_POINTS]


def save(
    viewer: Viewer, campaign: Campaign, week: date, letter: Letter, *, based_on: int
) -> SponsorLetter:
    """Keep a draft.

    Args:
        based_on: the `row_version` that the writer saw; 0 for none.

    Raises:
        NotAllowed: the viewer does not answer for the campaign.
        Conflict: it was sent.
        StaleVersion: somebody else saved it meanwhile.
        InvalidInput: a part is too long for one page.
    """
    if not can_report(viewer, [link.team_id for link in campaign.teams]):
        raise NotAllowed("The supervisors of this campaign change that.")
    _check(letter)
    # Of two who save the first draft at once, the second waits and is told
    db.session.execute(select(Campaign.id).where(Campaign.id == campaign.id).with_for_update())
    row = db.session.scalar(
        select(SponsorLetter)
        .where(SponsorLetter.campaign_id == campaign.id, SponsorLetter.week == week)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        row = SponsorLetter(campaign_id=campaign.id, week=week, row_version=0)
        db.session.add(row)
    if row.sent_at is not None:
        raise Conflict("This letter was sent; it does not change any more.")
    if row.row_version != based_on:
        raise StaleVersion("Somebody saved this letter while you were writing.")
    row.content = letter.to_dict()
    row.row_version += 1
    row.author_id, row.updated_at = viewer.user_id, utc_now()
    db.session.flush()
    return row


def send(viewer: Viewer, row: SponsorLetter, path: str) -> None:
    """Send it: the sponsor's people may read it and are told. A second time changes nothing.

    Args:
        path: where it is read.

    Raises:
        NotAllowed: the viewer does not answer for the campaign.
        InvalidInput: it says nothing yet.
    """
    campaign = row.campaign
    if not can_report(viewer, [link.team_id for link in campaign.teams]):
        raise NotAllowed("The supervisors of this campaign change that.")
    db.session.refresh(row, with_for_update=True)
    if row.sent_at is not None:
        return
    letter = Letter.from_dict(row.content)
    if not letter.shown and not letter.intro.strip():
        raise InvalidInput("Write something before you send it.")
    row.sent_at, row.sent_by_id = utc_now(), viewer.user_id
    db.session.flush()
    for seat in campaign.sponsor.seats:
        notify(seat.user_id, "field.letter", f"letter:{row.id}", path, campaign=campaign.name)


def _check(letter: Letter) -> None:
    if len(letter.shown) > MAX_POINTS:
        raise InvalidInput("A letter has at most %(most)s points.", most=MAX_POINTS)
    _check_lengths([letter.intro, letter.closing], MAX_INTRO, "intro")
    for point in letter.points:
        _check_lengths([point.heading, point.text], MAX_TEXT, "text")
        if len(point.quotes) > MAX_QUOTES:
            raise InvalidInput("Choose at most %(most)s quotes of each point.", most=MAX_QUOTES)
        _check_lengths(point.quotes, MAX_QUOTE, "quote")


def _check_lengths(texts: Sequence[str], most: int, field: str) -> None:
    if any(len(text) > most for text in texts):
        raise InvalidInput(
            "A part has more than %(most)s characters: the letter stays one page.",
            most=most,
        )
