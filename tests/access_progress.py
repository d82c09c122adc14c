"""Who may do what with rechecks, pairs, periods and objectives; rows of `tests.access_table`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from callcoach.extensions import utc_now
from tests.access_row import ADMIN, AGENTS, ALL, SPONSORS, SUPERVISORS, Row
from tests.access_row import post as _post
from tests.factories.two_sites import Site

_OWN = frozenset({"agent"})
#: Who follows notes of the site; not the floor's lead, who sees no evaluation.
_FOLLOWS = {"may": frozenset({"supervisor", "admin"})}
_LISTS = {"may": ADMIN | SUPERVISORS}
_RECHECK = {**_FOLLOWS, "values": {"recheck_id": "recheck"}}
_LISTEN = {**_FOLLOWS, "values": {"listen_id": "recheck_listen"}}
_OBJECTIVE = {**_FOLLOWS, "values": {"objective_id": "objective"}}
_MINE = {"may": _OWN, "values": {"objective_id": "objective"}}
_PAIR = {"may": _OWN, "values": {"pair_id": "kept_pair"}}
_CONSENT = {"may": _OWN, "values": {"consent_id": "consent"}}
_SOUND = {"pair_id": "kept_pair", "part": "after"}


def _aim(site: Site) -> Mapping[str, object]:
    today = utc_now().date()
    return {
        "campaign_id": site.campaign,
        "text": "Deux questions ouvertes",
        "starts_on": today,
        "ends_on": today + timedelta(days=7),
        "based_on": 1,
    }


def _period(site: Site) -> Mapping[str, object]:
    today = utc_now().date()
    return {
        "campaign_id": site.campaign,
        "agents": site.colleague,
        "starts_on": today + timedelta(days=2),
        "ends_on": today + timedelta(days=9),
        "daily_quota": 2,
        "reason": "Nouvelle accroche",
    }


PROGRESS = (
    Row("progress.hear_again", **_LISTS),
    Row("progress.hear", **_LISTEN, writes=True),
    _post("progress.mark_heard", **_LISTEN, data=lambda _: {"heard": "held"}),
    # what somebody heard is theirs to take back
    _post(
        "progress.unmark_heard",
        may=frozenset({"supervisor"}),
        values={"listen_id": "heard_listen"},
        but={"admin": 409},
    ),
    Row("progress.list_rechecks", **_LISTS),
    Row("progress.show_recheck", **_RECHECK),
    _post("progress.change_sign", **_RECHECK, data=lambda _: {"kind": "ears"}),
    _post("progress.close_recheck", **_RECHECK, data=lambda _: {"state": "ended"}),
    _post("progress.reopen_recheck", **_FOLLOWS, values={"recheck_id": "closed_recheck"}),
    _post("progress.add_call", **_RECHECK, data=lambda site: {"call_id": site.pickable_call}),
    _post("progress.remove_call", **_FOLLOWS, values={"listen_id": "picked_listen"}),
    Row("progress.objectives_from", **_RECHECK),
    _post(
        "progress.confirm_pair",
        may=frozenset({"supervisor", "admin"}),
        values={"pair_id": "open_pair"},
    ),
    _post(
        "progress.unconfirm_pair",
        may=frozenset({"supervisor", "admin"}),
        values={"pair_id": "given_pair"},
    ),
    _post("progress.keep_pair", may=_OWN, values={"pair_id": "given_pair"}),
    _post("progress.let_pair_go", **_PAIR),
    _post("progress.offer_pair", **_PAIR),
    _post("progress.withdraw_pair", **_PAIR),
    Row("progress.pair_sound", may=_OWN | {"supervisor", "admin"}, values=_SOUND, status=202),
    Row("progress.pair_sound_status", may=_OWN | {"supervisor", "admin"}, values=_SOUND),
    Row("progress.my_progress", may=AGENTS, writes=True),
    Row("progress.my_became_page", may=AGENTS),
    _post("progress.agree_objective", **_MINE, data=lambda _: {"based_on": 1}),
    _post(
        "progress.counter_objective",
        **_MINE,
        data=lambda _: {"based_on": 1, "counter_text": "Plutôt trois"},
    ),
    _post("progress.give_consent", **_CONSENT),
    _post("progress.refuse_consent", **_CONSENT),
    _post("progress.withdraw_consent", may=_OWN, values={"consent_id": "given_consent"}),
    Row("progress.consent_sound", **_CONSENT),
    Row("progress.consent_sound_status", **_CONSENT),
    Row("progress.list_agents", **_LISTS),
    Row("progress.show_agent", **_FOLLOWS, values={"agent_id": "agent"}),
    _post("progress.propose_objective", **_FOLLOWS, values={"agent_id": "agent"}, data=_aim),
    _post("progress.withdraw_objective", **_OBJECTIVE),
    _post("progress.adjust_objective", **_OBJECTIVE, data=_aim),
    _post(
        "progress.close_objective",
        **_OBJECTIVE,
        data=lambda _: {"closing": "reached", "closing_text": "Bravo", "based_on": 1},
    ),
    _post("progress.reopen_objective", **_FOLLOWS, values={"objective_id": "closed_objective"}),
    Row("progress.list_periods", **_LISTS),
    _post("progress.announce_period", **_FOLLOWS, data=_period),
    _post("progress.cancel_period", **_FOLLOWS, values={"period_id": "period"}),
    _post("progress.cancel_periods", **_FOLLOWS, values={"ids": "period"}),
    _post("progress.restore_period", **_FOLLOWS, values={"period_id": "cancelled_period"}),
    _post("progress.ask_consent", **_FOLLOWS, values={"note_id": "understood_note"}),
    _post("progress.take_back_consent", **_FOLLOWS, values={"consent_id": "consent"}),
    Row("progress.show_floor", may=ALL - SPONSORS - AGENTS),
)
