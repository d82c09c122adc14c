"""Weeks of calls and letters, for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from callcoach.campaigns.models import Campaign
from callcoach.extensions import db, utc_now
from callcoach.field_reports.letters import Letter, Point
from callcoach.field_reports.models import KeptFinding, Signal, SponsorLetter, Use, Watched


def create_letter(campaign: Campaign, *, sent: bool = False, **values: Any) -> SponsorLetter:
    """A letter of one point, a draft unless sent."""
    content = Letter("Une semaine calme.", (Point("Trop cher", "Dit plus souvent.", ("Non.",)),))
    row = SponsorLetter(
        **{
            "campaign_id": campaign.id,
            "week": date(2026, 9, 14),
            "content": content.to_dict(),
            "sent_at": utc_now() if sent else None,
            **values,
        }
    )
    db.session.add(row)
    db.session.commit()
    return row


def create_watched(campaign: Campaign, label: str = "Fiduval", **values: Any) -> Watched:
    """A competitor that a campaign listens for."""
    row = Watched(
        **{
            "campaign_id": campaign.id,
            "signal": Signal.COMPETITOR,
            "label": label,
            "spellings": [],
            **values,
        }
    )
    db.session.add(row)
    db.session.commit()
    return row


def create_kept(campaign: Campaign, **values: Any) -> KeptFinding:
    """A finding kept for the letter."""
    row = KeptFinding(
        **{
            "campaign_id": campaign.id,
            "week": date(2026, 9, 14),
            "signal": Signal.OBJECTION,
            "label": "too_dear",
            "used_for": Use.LETTER,
            "counts": {"now": 3, "of": 5, "before": 1, "of_before": 9},
            **values,
        }
    )
    db.session.add(row)
    db.session.commit()
    return row


def field_things(campaign: Campaign, mark: str) -> dict[str, int]:
    """Of one site: what is watched, kept and written, by the fields of `Site`."""
    return {
        "watched_term": create_watched(campaign, f"Concurrent {mark}").id,
        "removed_term": create_watched(
            campaign, f"Ancien concurrent {mark}", removed_at=utc_now()
        ).id,
        "kept_finding": create_kept(campaign).id,
        "debrief_finding": create_kept(campaign, used_for=Use.DEBRIEF).id,
        "sent_letter": create_letter(campaign, sent=True).id,
        "draft_letter": create_letter(campaign, week=date(2026, 9, 21)).id,
    }
