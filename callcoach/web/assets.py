"""Addresses of built scripts and styles: `asset('app.css')` in templates."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask, current_app, url_for


class AssetsNotBuilt(RuntimeError):
    """The front-end was not built, or has no such file."""


def init_app(app: Flask) -> None:
    """Attach the template globals."""
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["asset_or_none"] = asset_or_none


def asset(name: str) -> str:
    """Address of a built file by its plain name, such as ``app.css``.

    Raises:
        AssetsNotBuilt: there is no manifest, or it does not know `name`.
    """
    manifest = Path(current_app.static_folder or "") / "dist" / "manifest.json"
    built = _read(manifest)
    if name not in built:
        known = f"it knows {', '.join(sorted(built))}" if built else "there is none"
        raise AssetsNotBuilt(
            f"{name} is not in {manifest} ({known}). "
            "Build the front-end first: `npm ci && npm run build`."
        )
    return url_for("static", filename=f"dist/{built[name]}")


def asset_or_none(name: str) -> str | None:
    """As `asset`, but None when not built: an error page must show whatever happens."""
    try:
        return asset(name)
    except (AssetsNotBuilt, ValueError):
        return None


_cache: dict[Path, tuple[int, dict[str, str]]] = {}


def _read(manifest: Path) -> dict[str, str]:
    """The manifest, read again when it changed; empty when there is none."""
    try:
        stamp = manifest.stat().st_mtime_ns
    except FileNotFoundError:
        return {}
    if manifest not in _cache or _cache[manifest][0] != stamp:
        _cache[manifest] = (stamp, json.loads(manifest.read_text()))
    return _cache[manifest][1]
