"""Drafts: several people at once, taking edits back, restoring and forking."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, Team
from callcoach.campaigns.models import Campaign, Persona
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, write_transaction
from callcoach.script_library import editing
from callcoach.script_library.changes import compare
from callcoach.script_library.document import Line, SectionKind
from callcoach.script_library.models import ScriptEdit, ScriptLine, ScriptVersion, VersionState
from callcoach.script_library.operations import drafting
from tests.factories.accounts import create_team, create_user
from tests.factories.campaigns import create_campaign
from tests.factories.scripts import create_script, create_version, document, line


@pytest.fixture
def desk(app):
    """A campaign of one team with a published version of three lines, and two supervisors."""
    with app.app_context():
        team = create_team()
        campaign = create_campaign(teams=[team])
        script = create_script(campaign)
        lines = [
            line(text, key=key) for text, key in (("Un.", "a"), ("Deux.", "b"), ("Trois.", "c"))
        ]
        version = create_version(script, document(*lines), in_force_for=[team])
        people = [create_user(Role.SUPERVISOR, teams=[team]) for _ in range(2)]
        viewers = [Viewer(each.id, Role.SUPERVISOR, frozenset({team.id})) for each in people]
        yield campaign, script, version, viewers


def _texts(version: ScriptVersion) -> list[str]:
    return [each.text for each in version.document.lines()]


def test_edits_of_other_lines_meet_silently_and_of_the_same_words_show_both(desk) -> None:
    _campaign, script, version, (one, other) = desk
    draft = drafting.begin_draft(one, script, version, "Pour voir")
    seen = draft.revision
    drafting.edit(one, draft, editing.ReplaceLine(Line("a", "Un, donc.")), seen_revision=seen)
    drafting.edit(other, draft, editing.ReplaceLine(Line("b", "Deux, donc.")), seen_revision=seen)
    assert _texts(draft) == ["Un, donc.", "Deux, donc.", "Trois."]
    mine = Line("a", "Un, alors.")
    with pytest.raises(drafting.EditConflict) as refused:
        drafting.edit(other, draft, editing.ReplaceLine(mine), seen_revision=seen)
    assert (refused.value.mine, refused.value.theirs.text) == (mine, "Un, donc.")
    assert _texts(draft)[0] == "Un, donc."
    # Saved on what is there now, it is kept
    drafting.edit(other, draft, editing.ReplaceLine(mine), seen_revision=refused.value.revision)
    assert _texts(draft)[0] == "Un, alors."
    with pytest.raises(Conflict):
        drafting.edit(one, draft, editing.RemoveLine("a"), seen_revision=seen)


def test_taking_back_walks_over_ones_own_edits_and_can_be_taken_back(desk) -> None:
    _campaign, script, version, (one, other) = desk
    draft = drafting.begin_draft(one, script, version, "")
    drafting.replace_line(one, draft, "a", "", "Premier.")
    drafting.replace_line(other, draft, "b", "DAF", "Second.")
    drafting.add_line(one, draft, SectionKind.CLOSING, "Au revoir.")
    first = drafting.last_own_revision(one, draft)
    assert first is not None
    drafting.undo_edit(one, draft, first)
    undone = draft.revision
    assert _texts(draft) == ["Premier.", "Deux.", "Trois."]
    second = drafting.last_own_revision(one, draft)
    assert second is not None
    assert second < first
    drafting.undo_edit(one, draft, second)
    assert _texts(draft) == ["Un.", "Deux.", "Trois."]
    assert draft.document.lines()[1].said_to("DAF") == "Second."
    assert drafting.last_own_revision(one, draft) is None
    drafting.undo_edit(one, draft, undone)
    assert _texts(draft) == ["Un.", "Deux.", "Trois.", "Au revoir."]


@pytest.mark.parametrize("seed", range(4))
def test_any_edits_and_publishes_keep_every_published_version_and_every_edit(desk, seed) -> None:
    _campaign, script, version, (one, other) = desk
    random_ = random.Random(seed)
    published = {version.id: dict(version.content)}
    drafts: list[ScriptVersion] = []
    for number in range(14):
        act = random_.randrange(5)
        if act == 0 or not drafts:
            base = db.session.get_one(ScriptVersion, random_.choice(list(published)))
            made = (
                drafting.begin_draft(one, script, base, "Encore")
                if random_.random() < 0.5
                else drafting.restore(other, base, "Retour")
            )
            assert made.document == base.document
            drafts.append(made)
            continue
        draft = random_.choice(drafts)
        if act == 1 and draft.revision > 1:
            # as publishing does it
            draft.state = VersionState.APPROVED
            drafting.sync_lines(draft)
            published[draft.id] = dict(draft.content)
            drafts.remove(draft)
            with pytest.raises(Conflict):
                drafting.add_line(one, draft, SectionKind.OPENING, "Trop tard.")
        elif act == 2 and draft.document.lines():
            key = random_.choice(draft.document.lines()).key
            drafting.edit(one, draft, editing.RemoveLine(key))
        elif act == 3 and draft.revision > 1:
            before = ScriptEdit.before
            row = db.session.execute(
                db.select(before).filter_by(version_id=draft.id, revision=draft.revision)
            ).scalar_one()
            drafting.undo_edit(one, draft, draft.revision)
            assert draft.content == row
        else:
            drafting.add_line(other, draft, SectionKind.ARGUMENT, f"Phrase {number}.")
    db.session.flush()
    db.session.expire_all()
    for version_id, content in published.items():
        found = db.session.get_one(ScriptVersion, version_id)
        assert found.content == content
        if found.based_on is not None:
            difference = compare(found.based_on.document, found.document)
            after = {c.key: c.after for c in difference.lines() if c.after}
            assert list(after.values()) == list(found.document.lines())
    # Each line that was ever kept has its row, once
    rows = db.session.scalars(db.select(ScriptLine.key).filter_by(script_id=script.id)).all()
    said = {
        each.key
        for found in db.session.scalars(db.select(ScriptVersion).filter_by(script_id=script.id))
        for each in found.document.lines()
    }
    assert len(rows) == len(set(rows))
    assert said <= set(rows)


def test_the_words_of_a_line_are_those_of_the_newest_published_version(desk) -> None:
    _campaign, script, version, (one, _other) = desk
    draft = drafting.begin_draft(one, script, version, "")
    drafting.replace_line(one, draft, "a", "", "Un nouveau.")
    added = drafting.add_line(one, draft, SectionKind.OPENING, "Neuf.")
    assert added is not None
    rows = {
        row.key: row.text
        for row in db.session.scalars(db.select(ScriptLine).filter_by(script_id=script.id))
    }
    assert rows["a"] == "Un."
    assert rows[added.subject] == "Neuf."
    draft.state = VersionState.APPROVED
    drafting.sync_lines(draft)
    found = db.session.execute(db.select(ScriptLine).filter_by(script_id=script.id, key="a"))
    assert found.scalar_one().text == "Un nouveau."


def test_a_fork_keeps_lines_and_leaves_promises_of_the_other_sponsor_behind(desk) -> None:
    campaign, script, _version, (one, _other) = desk
    promised = create_version(script, document(line("Promis.", key="p", promise_id=7)))
    team_id = next(iter(one.team_ids))
    elsewhere = create_campaign()
    with pytest.raises(NotAllowed):
        drafting.fork(one, promised, elsewhere)
    mine = create_campaign(teams=[db.session.get_one(Team, team_id)])
    forked = drafting.fork(one, promised, mine)
    assert (forked.number, forked.based_on_id) == (1, promised.id)
    assert forked.script.campaign_id == mine.id
    assert [(x.key, x.promise_id) for x in forked.document.lines()] == [("p", None)]
    with pytest.raises(InvalidInput):
        drafting.fork(one, promised, campaign)
    stranger = Viewer(9999, Role.SUPERVISOR, frozenset())
    with pytest.raises((NotAllowed, NotFound)):
        drafting.begin_draft(stranger, script, promised, "")


def test_two_editors_on_the_page_choose_between_both_texts(desk, sign_in) -> None:
    campaign, script, version, (one, other) = desk
    db.session.add(Persona(campaign_id=campaign.id, name="DAF"))
    draft = drafting.begin_draft(one, script, version, "")
    seen = draft.revision
    drafting.replace_line(other, draft, "a", "", "Leur texte.")
    draft_id, now = draft.id, draft.revision
    db.session.commit()
    url = f"/campaigns/scripts/{draft_id}/lines/a"
    client = sign_in(one.user_id)
    htmx = {"HX-Request": "true"}
    typed = {"text": "Mon texte.", "seen": str(seen), "persona": "DAF", "text-0": "Au DAF."}
    answer = client.post(url, data=typed, headers=htmx)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Leur texte." in page
    assert "Mon texte." in page
    assert f'name="seen" value="{now}"' in page
    wrong = client.post(url, data=typed | {"text": "Bonjour {1}"}, headers=htmx)
    assert wrong.status_code == 422
    assert f'name="seen" value="{seen}"' in wrong.get_data(as_text=True)
    kept = client.post(url, data=typed | {"seen": str(now)}, headers=htmx)
    assert kept.status_code == 200
    found = db.session.get_one(ScriptVersion, draft_id).document.lines()[0]
    assert (found.text, found.said_to("daf")) == ("Mon texte.", "Au DAF.")


def test_editors_who_save_at_the_same_moment_lose_nothing(app) -> None:
    with app.app_context():
        team = create_team()
        campaign_id = create_campaign(teams=[team]).id
        viewer = Viewer(
            create_user(Role.SUPERVISOR, teams=[team]).id, Role.SUPERVISOR, frozenset({team.id})
        )

    def write(number: int) -> None:
        with app.app_context(), write_transaction():
            script = drafting.begin_script(viewer, db.session.get_one(Campaign, campaign_id))
            own = drafting.begin_draft(viewer, script, None, f"{number}")
            db.session.commit()
            first = db.session.scalars(db.select(ScriptVersion).filter_by(number=1)).one()
            for _each in range(3):
                drafting.add_line(viewer, first, SectionKind.OPENING, f"Phrase de {number}.")
                db.session.commit()
            assert own.number >= 1

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(write, number) for number in range(3)]:
            done.result()
    with app.app_context():
        versions = db.session.scalars(db.select(ScriptVersion).order_by(ScriptVersion.number)).all()
        assert [each.number for each in versions] == [1, 2, 3]
        assert len({each.script_id for each in versions}) == 1
        assert versions[0].revision == 10
        said = [each.text for each in versions[0].document.lines()]
        assert sorted(said) == sorted(f"Phrase de {n}." for n in range(3) for _each in range(3))
