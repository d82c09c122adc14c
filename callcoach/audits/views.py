"""Every page of this room: importing this module registers them."""

from __future__ import annotations

from callcoach.audits import audit_views, judge_views, report_views, result_views, subscribers
from callcoach.audits.blueprint import bp

__all__ = ["audit_views", "bp", "judge_views", "report_views", "result_views", "subscribers"]
