"""Parts that other modules put on the pages of a script: under its lines, into the differences of a
version, over a version, and on the page of the whole script.

A room above registers a function when its views are imported; this room asks all of them once a
page, with every line on it, so that a panel costs one query and not one a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from callcoach.accounts.access import Viewer
from callcoach.campaigns.models import Campaign
from callcoach.extensions import Registry
from callcoach.script_library.models import ScriptVersion

#: Takes who looks, the version on the page and the keys of the lines on it; gives HTML of a
#: template, shown as it is, for those lines that have something to show.
Panel = Callable[[Viewer, ScriptVersion, Sequence[str]], Mapping[str, str]]

#: As `Panel`, with the older of the two versions before the newer one; None when there is none.
DiffPanel = Callable[
    [Viewer, ScriptVersion | None, ScriptVersion, Sequence[str]], Mapping[str, str]
]

#: HTML of a template for one version or one campaign's script, "" for nothing.
VersionPanel = Callable[[Viewer, ScriptVersion], str]
ScriptPanel = Callable[[Viewer, Campaign], str]

#: HTML of a template for a person of the sponsor's, "" for nothing.
ApprovalPanel = Callable[[Viewer], str]

#: Takes versions of one script; gives sentences, in the reader's language, by id of a version.
History = Callable[[Sequence[ScriptVersion]], Mapping[int, Sequence[str]]]

_version_panels: Registry[VersionPanel] = Registry()
_script_panels: Registry[ScriptPanel] = Registry()
_approval_panels: Registry[ApprovalPanel] = Registry()
_beside_approval: Registry[VersionPanel] = Registry()
_line_panels: Registry[Panel] = Registry()
_diff_panels: Registry[DiffPanel] = Registry()
_histories: Registry[History] = Registry()

#: Shows something under lines on the reading page and in the editor.
add_line_panel = _line_panels.add
#: Shows something under changed lines of a difference: why, and on what evidence.
add_diff_panel = _diff_panels.add
#: Shows something above what a version says, on its reading page and in the editor: what is to be
#: done with it next, who has read it.
add_version_panel = _version_panels.add
#: Shows something on the page of a campaign's script, below what is in force.
add_script_panel = _script_panels.add
#: Shows something else that waits for the sponsor, above the scripts that do.
add_approval_panel = _approval_panels.add
#: Shows something on the sponsor's page of one version: what else comes with it.
add_beside_approval = _beside_approval.add
#: Says something under versions in the history of a script, on its page and in its files: what was
#: learnt while a version was in force. Its readers are the editors and the floor's leads.
add_history = _histories.add


def history_of(versions: Sequence[ScriptVersion]) -> dict[int, list[str]]:
    """What is said under each version; versions without anything are left out."""
    found: dict[int, list[str]] = {}
    for history in _histories:
        for version_id, sentences in history(versions).items():
            found.setdefault(version_id, []).extend(sentences)
    return found


def version_panels(viewer: Viewer, version: ScriptVersion) -> list[str]:
    """What stands above a version, in the order of registration."""
    return [html for panel in _version_panels if (html := panel(viewer, version))]


def script_panels(viewer: Viewer, campaign: Campaign) -> list[str]:
    """What stands on the page of a script, in the order of registration."""
    return [html for panel in _script_panels if (html := panel(viewer, campaign))]


def approval_panels(viewer: Viewer) -> list[str]:
    """What else waits for a person of the sponsor's, in the order of registration."""
    return [html for panel in _approval_panels if (html := panel(viewer))]


def beside_approval(viewer: Viewer, version: ScriptVersion) -> list[str]:
    """What comes with a version that the sponsor reads, in the order of registration."""
    return [html for panel in _beside_approval if (html := panel(viewer, version))]


def line_panels(viewer: Viewer, version: ScriptVersion, keys: Sequence[str]) -> dict[str, str]:
    """What stands under each line, all panels together; lines without anything are left out."""
    return _collect(panel(viewer, version, keys) for panel in _line_panels)


def diff_panels(
    viewer: Viewer, base: ScriptVersion | None, version: ScriptVersion, keys: Sequence[str]
) -> dict[str, str]:
    """As `line_panels`, for changed lines of a difference."""
    return _collect(panel(viewer, base, version, keys) for panel in _diff_panels)


def _collect(shown: Iterable[Mapping[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for by_key in shown:
        for key, html in by_key.items():
            found[key] = found.get(key, "") + html
    return found
