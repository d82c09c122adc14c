"""Addresses of built files."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from callcoach.web.assets import AssetsNotBuilt, asset

CSS = Path(__file__).parents[2] / "callcoach" / "assets" / "css"


def test_a_missing_build_says_what_to_run(app, tmp_path):
    app.static_folder = str(tmp_path)
    with app.test_request_context(), pytest.raises(AssetsNotBuilt, match="npm run build"):
        asset("app.css")


def test_a_new_build_is_seen_without_a_restart(app, tmp_path):
    manifest = tmp_path / "dist" / "manifest.json"
    manifest.parent.mkdir()
    app.static_folder = str(tmp_path)
    manifest.write_text(json.dumps({"app.css": "app-ONE.css"}))
    with app.test_request_context():
        assert asset("app.css") == "/static/dist/app-ONE.css"
        manifest.write_text(json.dumps({"app.css": "app-TWO-longer.css"}))
        import os

        os.utime(manifest, ns=(1, 1))
        assert asset("app.css") == "/static/dist/app-TWO-longer.css"
        with pytest.raises(AssetsNotBuilt, match=r"call\.js is not in"):
            asset("call.js")


def test_all_scripts_together_are_light():
    """Every page's scripts, libraries included, compressed as a proxy would."""
    built = Path(__file__).parents[2] / "callcoach" / "static" / "dist"
    sizes = {path.name: len(gzip.compress(path.read_bytes(), 6)) for path in built.glob("*.js")}
    assert any(name.startswith("desk-") for name in sizes)
    assert sum(sizes.values()) < 200_000, sizes


def _luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance of ``#rrggbb``, in [0, 1]."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _themes() -> dict[str, dict[str, str]]:
    text = (CSS / "_tokens.scss").read_text()
    dark, light = text.split("@mixin dark")[1].split(":root {", 1)
    return {
        name: dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", part))
        for name, part in (("light", light.split("@media")[0]), ("dark", dark))
    }


TEXT = [(ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in ("paper", "surface", "sunken")] + [
    ("accent", "paper"), ("accent", "surface"), ("accent", "accent-soft"), ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"), ("break", "break-soft"), ("click", "click-soft"), ("break", "surface"),
    ("agent", "agent-soft"), ("prospect", "prospect-soft"), ("agent", "paper"), ("prospect", "paper"),
]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_in_both_themes(theme):
    tokens = _themes()[theme]
    weak = {
        pair: round(_contrast(tokens[pair[0]], tokens[pair[1]]), 2)
        for pair in TEXT
        if _contrast(tokens[pair[0]], tokens[pair[1]]) < 4.5
    }
    assert not weak


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_fields_and_focus_stand_out_in_both_themes(theme):
    tokens = _themes()[theme]
    for mark in ("control-line", "focus"):
        for ground in ("paper", "surface"):
            assert _contrast(tokens[mark], tokens[ground]) >= 3, (mark, ground)
