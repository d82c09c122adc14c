"""What the call page shows of listening requests: the panel, and marks on the waveform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callcoach.accounts.access import Viewer
from callcoach.calls.access import can_judge_call
from callcoach.calls.call_presenters import LEAD_IN_MS
from callcoach.calls.models import Call
from callcoach.coaching.access import can_request_listening
from callcoach.coaching.agent_presenters import RequestView, request_views
from callcoach.coaching.queries.requests import requests_on


@dataclass(frozen=True, slots=True)
class RequestPanel:
    """Requests on one call: agents ask and see their own, supervisors answer what waits, team leads
    read.
    """

    requests: Sequence[RequestView]
    can_ask: bool
    can_answer: bool

    def marks(self) -> list[dict[str, object]]:
        """What the waveform draws, times in milliseconds: an agent's own moments; for others those
        that wait.
        """
        return [
            {
                "id": item.request_id,
                "key": f"r{item.request_id}",
                "start": item.start_ms,
                "end": item.end_ms,
                "from": max(0, item.start_ms - LEAD_IN_MS),
                "label": " · ".join(part for part in (item.heading, item.label, item.text) if part),
                "state": item.state,
            }
            for item in self.requests
            if item.is_moment and (item.is_mine or item.is_open)
        ]


def request_panel(viewer: Viewer, call: Call) -> RequestPanel:
    """The panel of a call, for `viewer`."""
    return RequestPanel(
        requests=request_views(viewer, requests_on(viewer, call)),
        can_ask=can_request_listening(viewer, call),
        can_answer=can_judge_call(viewer, call),
    )
