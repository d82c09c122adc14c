"""Who may do what: every endpoint and method, with the outcome expected for each role.

The people and things are those of one site of `tests.factories.two_sites`: `agent` is whose call
it is, `colleague` an agent of the same team, and the ``other_`` ones belong to the other site. A
role that is in neither `may` nor `refused` must find nothing (404).
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.access_approvals import APPROVALS
from tests.access_audits import AUDITS
from tests.access_campaigns import CAMPAIGNS
from tests.access_debrief_live import DEBRIEF_LIVE
from tests.access_debrief_outcome import DEBRIEF_OUTCOME
from tests.access_debriefs import DEBRIEFS
from tests.access_disputes import DISPUTES
from tests.access_drills import DRILLS
from tests.access_expressions import EXPRESSIONS
from tests.access_field_reports import FIELD_REPORTS
from tests.access_fit import FIT
from tests.access_incidents import INCIDENTS
from tests.access_ledger import LEDGER
from tests.access_lessons import LESSONS
from tests.access_notes import MORE_NOTES
from tests.access_phrases import PHRASES
from tests.access_portal import PORTAL
from tests.access_privacy import PRIVACY
from tests.access_progress import PROGRESS
from tests.access_promises import PROMISES
from tests.access_row import (
    ADMIN,
    AGENTS,
    ALL,
    DELETES,
    EDITS,
    HEARS,
    LEADS,
    ROLES,
    SEES_PEOPLE,
    SPONSORS,
    SUPERVISORS,
    Row,
)
from tests.access_row import post as _post
from tests.access_script_fit import SCRIPT_FIT
from tests.access_scripts import SCRIPTS
from tests.access_team_life import TEAM_LIFE
from tests.access_trials import TRIALS
from tests.factories.two_sites import Site

__all__ = ["ROLES", "TABLE", "Row"]


def _own_password(_site: Site) -> Mapping[str, object]:
    from tests.factories.accounts import PASSWORD

    new = "encore un autre secret"
    return {"current": PASSWORD, "new": new, "again": new}


def _person(site: Site) -> Mapping[str, object]:
    return {
        "name": "Nouvelle",
        "login": "nouvelle",
        "role": "agent",
        "team_ids": [site.team],
        "locale": "fr",
    }


def _team(_site: Site) -> Mapping[str, object]:
    return {"name": "Autre plateau", "timezone": "Africa/Tunis"}


def _call(site: Site) -> Mapping[str, object]:
    return {
        "prospect_name": "Mme Autre",
        "company": "Autre",
        "agent_id": site.agent,
        "campaign_id": site.campaign,
        "started_at": "2026-09-14T10:00",
        "kind": "target",
        "outcome": "callback",
        "agent_channel": "left",
    }


_ACCOUNTS = (
    Row("accounts.home", status=302),
    Row("accounts.sign_in", status=302, public=True),
    _post("accounts.sign_in", public=True, stranger_status=422, writes=False),
    Row("accounts.switch_user", status=302, public=True, stranger_status=302),
    _post("accounts.switch_user", public=True, stranger_status=302, writes=False),
    _post("accounts.forget_people", public=True, stranger_status=302, writes=False),
    _post(
        "accounts.save_preferences",
        public=True,
        stranger_status=302,
        data=lambda _: {"theme": "dark"},
    ),
    _post("accounts.sign_out"),
    _post("accounts.leave_to_switch"),
    Row("accounts.settings"),
    _post("accounts.save_settings", data=lambda _: {"name": "X", "locale": "en", "theme": "dark"}),
    _post("accounts.save_password", data=_own_password),
)

_PERSON = {"values": {"user_id": "agent"}}
_TEAM = {"values": {"team_id": "team"}}
_MANAGES_PERSON = {"may": ADMIN, "refused": SEES_PEOPLE, **_PERSON}
_MANAGES_TEAM = {"may": ADMIN, "refused": SEES_PEOPLE, **_TEAM}
_PEOPLE = (
    Row("people.list_people", may=ADMIN | LEADS),
    Row("people.create_person", may=ADMIN, refused=LEADS),
    _post("people.create_person", may=ADMIN, refused=LEADS, status=200, data=_person),
    Row("people.show_person", may=SEES_PEOPLE, **_PERSON),
    Row("people.edit_person", **_MANAGES_PERSON),
    _post("people.edit_person", **_MANAGES_PERSON, data=_person),
    _post(
        "people.reset_secret",
        may=ADMIN | {"supervisor"},
        refused=frozenset({"team_lead"}),
        status=200,
        **_PERSON,
    ),
    _post("people.disable_person", **_MANAGES_PERSON),
    _post("people.enable_person", **_MANAGES_PERSON, writes=False),
    Row("people.list_teams", may=ADMIN | LEADS),
    Row("people.create_team", may=ADMIN, refused=LEADS),
    _post("people.create_team", may=ADMIN, refused=LEADS, data=_team),
    Row("people.show_team", may=SEES_PEOPLE, **_TEAM),
    Row("people.edit_team", **_MANAGES_TEAM),
    _post("people.edit_team", **_MANAGES_TEAM, data=_team),
    _post("people.archive_team", **_MANAGES_TEAM),
    _post("people.restore_team", **_MANAGES_TEAM, writes=False),
)

_CALL = {"call_id": "call"}
_TURN = {"call_id": "call", "index": 3}
_EDITS = {"may": EDITS, "refused": frozenset({"agent"})}
_DELETES = {"may": DELETES, "refused": HEARS}
#: Supervisors judge; an agent does not even see what nobody has confirmed.
_JUDGES = {"may": DELETES, "refused": frozenset({"team_lead"})}

_CALLS = (
    Row("calls.list_calls", may=ALL - SPONSORS),
    Row("calls.progress", values={"ids": "call", "rows": 1}, foreign=200),
    Row("coaching.desk", may=HEARS, values=_CALL, writes=True),
    _post(
        "coaching.judge",
        **_JUDGES,
        values={**_CALL, "point_id": "point"},
        data=lambda _: {"decision": "rejected", "seen": "0"},
    ),
    # the agent sees a confirmed moment, and may not unmake it
    _post(
        "coaching.withdraw_verdict",
        may=_JUDGES["may"],
        refused=frozenset({"agent", "team_lead"}),
        values={"call_id": "judged_call", "verdict_id": "verdict"},
    ),
    # as withdrawing: an agent must not learn which numbers are verdicts on them
    _post(
        "coaching.set_reason",
        may=_JUDGES["may"],
        refused=frozenset({"agent", "team_lead"}),
        values={"call_id": "judged_call", "verdict_id": "verdict"},
        data=lambda _: {"reason": ""},
        status=400,
        writes=False,
    ),
    _post(
        "coaching.mark_missed",
        may=_JUDGES["may"],
        refused=frozenset({"agent", "team_lead"}),
        values=_CALL,
        data=lambda _: {"cause": "monologue", "at": "0:05"},
    ),
    Row("calls.audio", may=HEARS, values=_CALL, writes=True),
    Row("coaching.notes_pdf", may=HEARS, values=_CALL, writes=True),
    Row("coaching.notes_vtt", may=HEARS, values=_CALL, writes=True),
    Row("coaching.transcript_vtt", may=HEARS, values=_CALL, writes=True),
    Row("calls.peaks", may=HEARS, values={**_CALL, "version": "peaks_version"}),
    Row("calls.edit", **_EDITS, values=_CALL),
    _post("calls.edit", **_EDITS, values=_CALL, data=_call),
    Row("calls.correct_turn", **_EDITS, values=_TURN),
    _post("calls.correct_turn", **_EDITS, values=_TURN, data=lambda _: {"text": "Bonjour."}),
    _post("calls.set_result", **_EDITS, values=_CALL, data=lambda _: {"outcome": "meeting"}),
    _post("calls.add_tag", **_DELETES, values=_CALL, data=lambda _: {"name": "à relire"}),
    _post("calls.remove_tag", **_DELETES, values=_CALL, data=lambda site: {"name": site.tag}),
    Row("calls.tags", may=ADMIN | LEADS),
    _post(
        "calls.rename_tag",
        may=DELETES,
        refused=frozenset({"team_lead"}),
        data=lambda site: {"old": site.tag, "name": "à relire"},
    ),
    _post(
        "calls.undo_rename",
        may=frozenset({"supervisor"}),
        values={"event_id": "tag_renaming", "old": "old_tag", "new": "tag"},
    ),
    _post("calls.set_kind", **_EDITS, values=_CALL, data=lambda _: {"kind": "voicemail"}),
    _post("calls.swap", **_EDITS, values=_CALL),
    _post("calls.transcribe", **_EDITS, values=_CALL),
    _post("calls.retry", **_EDITS, values={"call_id": "failed_call"}),
    _post("calls.cancel", **_EDITS, values={"call_id": "running_call"}),
    _post("calls.delete", **_DELETES, values=_CALL),
    _post("calls.delete_audio", **_DELETES, values=_CALL),
    _post("calls.restore", **_DELETES, values={"call_id": "deleted_call"}),
    Row("calls.import_page", may=ADMIN | LEADS, refused=ALL),
    # without a file: whoever may import is told to choose one
    _post("calls.import_files", may=ADMIN | LEADS, refused=ALL, status=422, writes=False),
)

_NOTE = {"note_id": "note"}
_REQUEST = {"request_id": "request"}
_OWN = {"may": frozenset({"agent"})}
_ANSWERS = {"may": DELETES, "refused": HEARS}
_AGENTS_SIDE = (
    Row("coaching.home_page", may=ALL - SPONSORS),
    Row("coaching.my_notes", may=AGENTS),
    Row("coaching.my_note", **_OWN, values=_NOTE, writes=True),
    _post("coaching.acknowledge", **_OWN, values=_NOTE),
    _post("coaching.unacknowledge", **_OWN, values={"note_id": "understood_note"}),
    _post("coaching.reply", **_OWN, values=_NOTE, data=lambda _: {"text": "Je vois."}),
    Row("coaching.excerpt", may=HEARS, values=_NOTE, writes=True),
    Row("coaching.excerpt_status", may=HEARS, values=_NOTE),
    Row("coaching.my_requests", may=AGENTS),
    _post(
        "coaching.ask",
        **_OWN,
        refused=EDITS,
        values={"call_id": "call"},
        data=lambda _: {"at": "0:20", "text": "Ici ?"},
    ),
    # supervisors see what agents ask, and answer it; taking it back is the agent's alone
    _post("coaching.withdraw", **_OWN, values=_REQUEST),
    _post("coaching.restore_request", **_OWN, values={"request_id": "withdrawn_request"}),
    _post(
        "coaching.answer_request",
        **_ANSWERS,
        values=_REQUEST,
        data=lambda _: {"answer": "turns_here"},
    ),
    _post("coaching.reopen_request", **_ANSWERS, values={"request_id": "answered_request"}),
)


def _note(_site: Site) -> Mapping[str, object]:
    return {
        "channel": 0,
        "start_ms": 12_200,
        "end_ms": 24_000,
        "quote": "Je vous propose une démonstration.",
        "instead": "Vous clôturez en combien de jours ?",
        "aim": "change",
        "visibility": "agent",
        "based_on": 1,
    }


_SENT = {"values": _NOTE, "data": _note}
_DRAFT = {"may": frozenset({"supervisor"}), "values": {"note_id": "draft_note"}}
_NOTES = (
    Row("coaching.new_note", **_ANSWERS, values=_CALL),
    Row("coaching.calls_for_note", **_ANSWERS, values=_CALL),
    Row("coaching.note_on_calls", **_ANSWERS, status=302, values={"call": "call"}),
    _post("coaching.create_note", **_ANSWERS, values=_CALL, data=_note),
    Row("coaching.show_note", may=HEARS, status=302, values=_NOTE),
    Row("coaching.edit_note", **_ANSWERS, values=_NOTE),
    _post("coaching.save_note", **_ANSWERS, **_SENT),
    # nobody but its author knows of a draft
    _post("coaching.send_note", **_DRAFT, data=_note),
    _post(
        "coaching.unsend_note",
        may=frozenset({"supervisor"}),
        refused=HEARS,
        values=_NOTE,
    ),
    _post("coaching.delete_note", **_ANSWERS, values=_NOTE),
    # Put aside, it is spoken of to those alone who could bring it back
    _post("coaching.restore_note", may=DELETES, values={"note_id": "deleted_note"}),
    _post(
        "coaching.reply_to_note",
        may=HEARS - {"team_lead"},
        refused=frozenset({"team_lead"}),
        values=_NOTE,
        data=lambda _: {"text": "Je vois."},
    ),
    Row("coaching.note_history", may=HEARS, values=_NOTE),
)

_FEED = {"may": ADMIN | SUPERVISORS, "refused": ALL}
#: A claim is its holder's alone.
_HOLDS = {
    "may": frozenset({"supervisor"}),
    "status": 200,
    "values": {"claim_id": "feed_claim"},
}
_LISTENING = (
    Row("coaching.feed", **_FEED),
    _post("coaching.claim_feed", **_FEED, status=200),
    _post(
        "coaching.renew_feed",
        **_FEED,
        status=200,
        writes=False,  # of ids that are not the viewer's, it changes none
        data=lambda site: {"ids": site.feed_claim},
    ),
    _post(
        "coaching.release_feed",
        **_FEED,
        status=204,
        writes=False,
        data=lambda site: {"ids": site.feed_claim},
    ),
    _post("coaching.finish_feed", **_HOLDS, data=lambda _: {"outcome": "confirmed"}),
    _post("coaching.undo_feed", **_HOLDS),
    # what was not rejected has no reason, also for who holds it
    _post("coaching.explain_feed", values=_HOLDS["values"], may=frozenset(), data=lambda _: {}),
)

#: Supervisors alone have a daily check; what is in it is its holder's.
_CHECKER = {"may": SUPERVISORS, "refused": ALL - SUPERVISORS}
_OWN_CHECK = {"may": frozenset({"supervisor"})}
_MARK = {"check_id": "blind_check", "mark_id": "blind_mark"}
_DAILY_CHECK = (
    Row("learning.check", **_CHECKER),
    _post("learning.put_off_all", **_CHECKER),
    _post("learning.take_up_all", **_CHECKER, writes=False),
    Row("learning.show_check", **_OWN_CHECK, values={"check_id": "blind_check"}),
    _post(
        "learning.answer_check",
        **_OWN_CHECK,
        values={"check_id": "drawn_check"},
        data=lambda _: {"decision": "confirmed"},
    ),
    _post("learning.take_back_check", **_OWN_CHECK, values={"check_id": "answered_check"}),
    _post("learning.put_off_check", **_OWN_CHECK, values={"check_id": "drawn_check"}),
    _post(
        "learning.pass_check",
        **_OWN_CHECK,
        values={"check_id": "drawn_check"},
        data=lambda _: {"reason": "bad_sound"},
    ),
    _post("learning.resume_check", **_OWN_CHECK, values={"check_id": "passed_check"}),
    _post(
        "learning.add_mark",
        **_OWN_CHECK,
        values={"check_id": "blind_check"},
        data=lambda _: {"channel": 0, "start_ms": 12_200, "end_ms": 24_000, "valence": "negative"},
    ),
    _post(
        "learning.change_mark", **_OWN_CHECK, values=_MARK, data=lambda _: {"valence": "positive"}
    ),
    _post(
        "learning.finish_check",
        **_OWN_CHECK,
        values={"check_id": "blind_check"},
        data=lambda _: {"heard": 0.9},
    ),
    _post(
        "learning.keep_mark",
        **_OWN_CHECK,
        values={"check_id": "marked_check", "mark_id": "kept_mark"},
        data=lambda _: {"cause": "monologue"},
    ),
    _post(
        "learning.judge_flag",
        **_OWN_CHECK,
        values={"check_id": "marked_check", "point_id": "checked_point"},
        data=lambda _: {"decision": "rejected"},
    ),
)

#: Everybody of the floor; who finds what is tested in tests/search.
_SEARCHES = {"may": ALL - SPONSORS}
_OWN_VIEW = {"may": frozenset({"supervisor"})}
_SEARCH = (
    Row("search.search", **_SEARCHES),
    _post(
        "search.save_view", **_SEARCHES, data=lambda _: {"name": "Prix", "query": "q=prix&in=turn"}
    ),
    _post("search.delete_view", **_OWN_VIEW, values={"view_id": "saved_view"}),
    _post("search.restore_view", **_OWN_VIEW, values={"view_id": "deleted_view"}),
)

#: What waits for somebody is theirs alone; the way out of the e-mails needs no sign-in.
_NOTICES = (
    Row("notices.list_notices"),
    Row(
        "notices.open_notice",
        may=frozenset({"agent"}),
        status=302,
        values={"notice_id": "notice"},
        writes=True,
    ),
    _post("notices.mark_all_seen", writes=False),
    _post("notices.mark_unseen", writes=False),
    Row("notices.settings"),
    _post(
        "notices.save_settings",
        data=lambda _: {
            "delivery": "off",
            "digest_at": "08:00",
            "quiet_from": "20:00",
            "quiet_to": "07:00",
        },
    ),
    Row(
        "notices.stop",
        values={"token": "stop_token"},
        public=True,
        foreign=200,
    ),
    _post(
        "notices.stop_now",
        status=200,
        values={"token": "stop_token"},
        public=True,
        stranger_writes=True,
        foreign=200,
    ),
)

TABLE = (
    *_ACCOUNTS,
    *_NOTICES,
    *_PEOPLE,
    *CAMPAIGNS,
    *_CALLS,
    *_AGENTS_SIDE,
    *_NOTES,
    *MORE_NOTES,
    *_LISTENING,
    *APPROVALS,
    *DISPUTES,
    *DRILLS,
    *EXPRESSIONS,
    *FIELD_REPORTS,
    *DEBRIEFS,
    *DEBRIEF_LIVE,
    *DEBRIEF_OUTCOME,
    *LESSONS,
    *TEAM_LIFE,
    *PROMISES,
    *PRIVACY,
    *INCIDENTS,
    *AUDITS,
    *PORTAL,
    *PROGRESS,
    *SCRIPT_FIT,
    *FIT,
    *SCRIPTS,
    *TRIALS,
    *_DAILY_CHECK,
    *LEDGER,
    *PHRASES,
    *_SEARCH,
    Row(
        "static",
        status=404,
        values={"filename": "no-such-file.css"},
        public=True,
        stranger_status=404,
    ),
)
