"""Every template compiles, stands on a base, has a title, and keeps to the content policy."""

from __future__ import annotations

import re

import pytest
from jinja2 import Environment, meta, nodes

from callcoach.app import create_app
from callcoach.config import TEMPLATES_DIR, Settings

ALL = sorted(str(path.relative_to(TEMPLATES_DIR)) for path in TEMPLATES_DIR.rglob("*.html"))
PAGES = [
    name
    for name in ALL
    if not name.startswith("macros/")
    and not name.rpartition("/")[2].startswith("_")
    and name != "document.html"
]


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> Environment:
    settings = Settings.from_env({}, data_dir=tmp_path_factory.mktemp("data"), production=False)
    return create_app(settings, RATELIMIT_ENABLED=False).jinja_env


def _source(name: str) -> str:
    """The template without its comments."""
    return re.sub(
        r"{#.*?#}", "", (TEMPLATES_DIR / name).read_text(encoding="utf-8"), flags=re.DOTALL
    )


def test_there_are_templates():
    assert {"base.html", "accounts/sign_in.html", "errors/problem.html"} <= set(PAGES)


@pytest.mark.parametrize("name", ALL)
def test_template_compiles_and_what_it_uses_exists(environment, name):
    environment.get_template(name)
    for used in meta.find_referenced_templates(environment.parse(_source(name))):
        if used is not None:
            environment.get_template(used)


@pytest.mark.parametrize("name", PAGES)
def test_page_extends_a_base_and_defines_a_title(environment, name):
    if name in ("base.html", "plain.html"):
        assert "{% extends 'document.html' %}" in _source(name)
        return
    titled, chain = False, name
    while chain != "document.html":
        tree = environment.parse(_source(chain))
        titled = titled or any(block.name == "title" for block in tree.find_all(nodes.Block))
        parent = tree.find(nodes.Extends)
        assert parent is not None, f"{chain} extends nothing"
        chain = parent.template.value
    assert titled, f"{name} has no title"


@pytest.mark.parametrize("name", ALL)
def test_template_keeps_to_the_content_policy(name):
    source = _source(name)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source), "inline handler"
    assert not re.search(r"\shx-on", source), "hx-on needs eval"
    assert not re.search(r"\sstyle\s*=\s*[\"']", source), "style attribute"
    assert "javascript:" not in source
    assert not re.search(r"(src|href|action)\s*=\s*[\"'](https?:)?//", source), "another host"
    for tag in re.findall(r"<(?:script|style)\b[^>]*>", source):
        assert "csp_nonce()" in tag or 'type="application/json"' in tag, tag


@pytest.mark.parametrize("name", ALL)
def test_forms_that_change_something_carry_the_csrf_token(name):
    for form in re.findall(r"<form\b.*?</form>", _source(name), flags=re.DOTALL):
        if re.search(r"method=[\"']post", form, flags=re.IGNORECASE):
            assert re.search(r"csrf|hidden_tag", form), form[:200]
