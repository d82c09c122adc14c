"""The page, role by role, and saved views."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach.accounts.models import AccessEvent
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db
from callcoach.search.models import SavedView
from callcoach.search.operations import FoundNote, delete_view, index_note, restore_view, save_view
from callcoach.search.operations.views import MAX_VIEWS
from callcoach.search.queries import saved_views
from tests.factories.search import create_saved_view

from .conftest import World

SignIn = Callable[[int], FlaskClient]


def _page(sign_in: SignIn, world: World, who: str, address: str) -> str:
    answer = sign_in(world.ids[who]).get(address)
    assert answer.status_code == 200
    return unescape(answer.text)


def _hits(page: str) -> list[str]:
    said = re.findall(r'<p class="hit-said"[^>]*>(.*?)</p>', page)
    return [re.sub(r"<[^>]+>", "", text) for text in said]


@pytest.mark.parametrize(
    ("who", "count"),
    [("claire", 3), ("lead", 3), ("admin", 4), ("agent", 2), ("colleague", 1), ("stranger", 1)],
)
def test_each_finds_what_is_theirs(world: World, sign_in: SignIn, who: str, count: int) -> None:
    page = _page(sign_in, world, who, "/search?q=gratuit")
    assert len(_hits(page)) == count
    assert page.count("data-hit>") == count


def test_sponsors_have_no_search(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.ids["sponsor"])
    assert browser.get("/search?q=gratuit").status_code == 404
    assert "data-find" not in browser.get("/campaigns").text


def test_a_hit_says_who_when_and_where_and_leads_to_the_moment(
    world: World, sign_in: SignIn
) -> None:
    page = _page(sign_in, world, "claire", "/search?q=soixante")
    assert "<mark>soixante</mark>" in page
    assert "Agent · Hanta R." in page
    assert "Gratuit, vraiment ?" in page  # what was said before
    assert "Envoyez-moi ça" in page  # and after
    assert "Mme Delattre" in page
    (address,) = re.findall(rf'href="(/calls/{world.call_id}\?t=[\d.]+)"', page)
    assert 15 < float(address.partition("=")[2]) < 19
    assert "data-play " not in page, "there is no sound to play"


def test_a_note_is_shown_with_its_author_and_its_cause(
    app: Flask, world: World, sign_in: SignIn
) -> None:
    with app.app_context():
        index_note(
            FoundNote(
                note_id=1,
                call_id=world.call_id,
                author_id=world.ids["claire"],
                agent_id=world.ids["agent"],
                is_private=False,
                channel=0,
                start_ms=6000,
                end_ms=8000,
                text="c’est gratuit\nDites d'abord ce que ça change.",
                cause="overpromise",
            )
        )
        db.session.commit()
    page = _page(sign_in, world, "agent", "/search?q=gratuit&in=note")
    assert _hits(page) == ["c’est gratuit", "Dites d'abord ce que ça change."]
    assert "Claire M." in page
    assert "Survente" in page or "survente" in page
    assert "/debriefs/add/" not in page
    assert "/debriefs/add/note/1" in _page(sign_in, world, "claire", "/search?q=change&in=note")
    assert _hits(_page(sign_in, world, "colleague", "/search?q=change&in=note")) == []


def test_what_was_said_reaches_the_page_as_text(app: Flask, world: World, sign_in: SignIn) -> None:
    from tests.factories.search import create_spoken_call

    with app.app_context():
        create_spoken_call(
            [("agent", "<script>alert(1)</script> gratuit & <b>gras</b>")],
            agent=world.user("agent"),
        )
    text = sign_in(world.ids["admin"]).get("/search?q=%22%3Cscript%3E%20gratuit").text
    assert "<script>alert" not in text
    text = sign_in(world.ids["admin"]).get("/search?q=gras").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "NEAR(",
        "a AND",
        "-",
        "*",
        "%27%3B--",
        "q" * 3000,
        "%00",
        "-prix",
        "&page=99",
        "&page=x",
    ],
)
def test_no_query_is_an_error(world: World, sign_in: SignIn, query: str) -> None:
    _page(sign_in, world, "claire", f"/search?q={query}")


@pytest.mark.parametrize(
    "filters",
    ["since=x", "team=99999", "cause=nonsense", "in=all", "speaker=unknown", "until=2026-13-40"],
)
def test_filters_that_cannot_be_read_count_as_not_set(
    world: World, sign_in: SignIn, filters: str
) -> None:
    page = _page(sign_in, world, "claire", f"/search?q=gratuit&{filters}")
    assert len(_hits(page)) == (0 if filters.startswith("team") else 3)


def test_an_agents_page_names_no_colleague(world: World, sign_in: SignIn) -> None:
    page = _page(sign_in, world, "agent", "/search?q=gratuit")
    assert "Patrice" not in page
    assert 'name="agent"' not in page


def test_pages_keep_the_filters(app: Flask, world: World, sign_in: SignIn) -> None:
    from tests.factories.search import create_spoken_call

    with app.app_context():
        create_spoken_call(
            [("agent", f"gratuit {n}") for n in range(45)], agent=world.user("agent")
        )
    first = _page(sign_in, world, "agent", "/search?q=gratuit&speaker=agent")
    assert len(_hits(first)) == 20
    (address,) = re.findall(r'rel="next" href="([^"]+)"', first)
    assert "speaker=agent" in address
    last = _page(sign_in, world, "agent", "/search?q=gratuit&speaker=agent&page=3")
    assert len(_hits(last)) == 6
    assert not set(_hits(last)) & set(_hits(first))


def test_nothing_found_offers_what_finds_more(world: World, sign_in: SignIn) -> None:
    page = _page(sign_in, world, "claire", "/search?q=gratuit+licorne")
    assert _hits(page) == []
    assert 'href="/search?q=gratuit"' in page
    filtered = _page(sign_in, world, "claire", "/search?q=soixante&speaker=prospect")
    assert 'href="/search?q=soixante"' in filtered


def test_the_log_says_that_somebody_searched_and_not_what(
    app: Flask, world: World, sign_in: SignIn
) -> None:
    _page(sign_in, world, "claire", "/search?q=gratuit")
    _page(sign_in, world, "claire", "/search")
    with app.app_context():
        (event,) = db.session.scalars(
            select(AccessEvent).where(AccessEvent.action.like("search.%"))
        )
        assert event.actor_id == world.ids["claire"]
        assert event.detail == {"hits": 3}


def test_the_top_bar_has_the_field_everywhere_else(world: World, sign_in: SignIn) -> None:
    for who in ("claire", "agent", "lead", "admin"):
        assert _page(sign_in, world, who, "/calls").count("data-find ") == 1
        assert _page(sign_in, world, who, "/search").count("data-find ") == 1


def test_a_search_is_saved_opened_deleted_and_brought_back(
    app: Flask, world: World, sign_in: SignIn
) -> None:
    browser = sign_in(world.ids["claire"])
    answer = browser.post(
        "/search/views",
        data={"name": " Le  gratuit ", "query": "q=gratuit&speaker=agent&page=2&nonsense=1"},
    )
    assert answer.status_code == 302
    page = unescape(browser.get("/search").text)
    assert re.search(r'href="/search\?q=gratuit&speaker=agent"[^>]*>Le gratuit</a>', page)
    with app.app_context():
        (view,) = db.session.scalars(select(SavedView))
        assert (view.name, view.query) == ("Le gratuit", "q=gratuit&speaker=agent")
        view_id = view.id
    browser.post(f"/search/views/{view_id}/delete")
    page = browser.get("/search").text
    assert f"/search/views/{view_id}/restore" in page
    assert "saved-list" not in page
    browser.post(f"/search/views/{view_id}/restore")
    assert "saved-list" in browser.get("/search").text


def test_a_saved_search_is_nobody_elses(app: Flask, world: World, sign_in: SignIn) -> None:
    with app.app_context():
        view_id = create_saved_view(world.ids["claire"], "Secret de Claire").id
        with pytest.raises(NotFound):
            delete_view(world.viewers["admin"], view_id)
        with pytest.raises(NotFound):
            restore_view(world.viewers["thomas"], view_id)
    assert "Secret de Claire" not in _page(sign_in, world, "admin", "/search")
    assert sign_in(world.ids["thomas"]).post(f"/search/views/{view_id}/delete").status_code == 404


def test_saving_nothing_or_without_a_name_is_refused(
    app: Flask, world: World, sign_in: SignIn
) -> None:
    browser = sign_in(world.ids["claire"])
    browser.post("/search/views", data={"name": "", "query": "q=prix"})
    browser.post("/search/views", data={"name": "Rien", "query": "nonsense=1"})
    browser.post("/search/views", data={"name": "x" * 61, "query": "q=prix"})
    assert "toast-error" in browser.get("/search").text
    with app.app_context():
        assert saved_views(world.viewers["claire"]) == []


def test_the_same_name_is_replaced_and_thirty_are_enough(app: Flask, world: World) -> None:
    claire = world.viewers["claire"]
    with app.app_context():
        save_view(claire, "Prix", "q=prix")
        save_view(claire, "prix", "q=tarif")
        assert [(view.name, view.query) for view in saved_views(claire)] == [("prix", "q=tarif")]
        for number in range(MAX_VIEWS - 1):
            save_view(claire, f"Vue {number}", "q=x")
        with pytest.raises(InvalidInput):
            save_view(claire, "Une de trop", "q=x")
        save_view(world.viewers["thomas"], "Prix", "q=prix")
