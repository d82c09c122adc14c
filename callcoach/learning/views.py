"""The pages of this room: importing this module registers them all on the blueprint, and the
operations that follow verdicts.
"""

from __future__ import annotations

from callcoach.learning import check_views, ledger_views, operations, phrase_views
from callcoach.learning.blueprint import bp

__all__ = ["bp", "check_views", "ledger_views", "operations", "phrase_views"]
