"""Parts that rooms above put beside the lines of a script and into the differences of a version.

A room above registers a function when its views are imported; this room asks all of them once a
page, with every line on it, so that a panel costs one query and not one a line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from callcoach.accounts.access import Viewer
from callcoach.script_library.models import ScriptVersion

#: Takes who looks, the version on the page and the keys of the lines on it; gives HTML of a
#: template, shown as it is, for those lines that have something to show.
Panel = Callable[[Viewer, ScriptVersion, Sequence[str]], Mapping[str, str]]

_line_panels: list[Panel] = []
_diff_panels: list[Panel] = []


def add_line_panel(panel: Panel) -> None:
    """Show something under lines on the reading page and in the editor."""
    if panel not in _line_panels:
        _line_panels.append(panel)


def add_diff_panel(panel: Panel) -> None:
    """Show something under changed lines of a difference: why, and on what evidence. The version
    is the newer one of the two.
    """
    if panel not in _diff_panels:
        _diff_panels.append(panel)


def line_panels(viewer: Viewer, version: ScriptVersion, keys: Sequence[str]) -> dict[str, str]:
    """What stands under each line, all panels together; lines without anything are left out."""
    return _collect(_line_panels, viewer, version, keys)


def diff_panels(viewer: Viewer, version: ScriptVersion, keys: Sequence[str]) -> dict[str, str]:
    """As `line_panels`, for changed lines of a difference."""
    return _collect(_diff_panels, viewer, version, keys)


def _collect(
    panels: Sequence[Panel], viewer: Viewer, version: ScriptVersion, keys: Sequence[str]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for panel in panels:
        for key, html in panel(viewer, version, keys).items():
            found[key] = found.get(key, "") + html
    return found
