"""A version, or the whole history of a script, as a file: Markdown, JSON and PDF."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import format_date, format_datetime
from flask_babel import gettext as _

from callcoach.campaigns.models import Campaign, Promise
from callcoach.script_library import changes
from callcoach.script_library.document import Document, Line, Register
from callcoach.script_library.labels import section_title, state_mark, what_label
from callcoach.script_library.models import ScriptVersion
from callcoach.script_library.panels import history_of
from callcoach.web.papers import compile_paper

#: File name endings and the types that browsers are told.
FORMATS = {
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
}


def export_version(
    version: ScriptVersion,
    file_format: str,
    promises: Mapping[int, Promise],
    *,
    language: str,
    made_at: datetime,
) -> bytes:
    """One version as a file.

    Args:
        file_format: one of `FORMATS`.
        language: of the reader, ISO 639-1.
    """
    if file_format == "json":
        return _json(version_facts(version))
    if file_format == "md":
        return version_markdown(version, promises).encode()
    return compile_paper(
        "script",
        _paper(version.script.campaign, [version], promises, language, made_at),
        made_at=made_at,
    )


def export_history(
    campaign: Campaign,
    versions: Sequence[ScriptVersion],
    file_format: str,
    promises: Mapping[int, Promise],
    *,
    language: str,
    made_at: datetime,
) -> bytes:
    """All versions of a script that the reader may read, newest first; arguments as above."""
    learnt = history_of(versions)
    if file_format == "json":
        facts = {
            "campaign": campaign.name,
            "versions": [
                {**version_facts(version), "learnt": learnt.get(version.id, [])}
                for version in versions
            ],
        }
        return _json(facts)
    if file_format == "md":
        parts = [f"# {_('Script of %(campaign)s', campaign=campaign.name)}\n"]
        parts += [
            _history_entry(version, promises, versions, learnt.get(version.id, []))
            for version in versions
        ]
        if versions:
            parts += ["---\n", version_markdown(versions[0], promises)]
        return "\n".join(parts).encode()
    return compile_paper(
        "script", _paper(campaign, versions, promises, language, made_at), made_at=made_at
    )


def version_facts(version: ScriptVersion) -> dict[str, Any]:
    """JSON types: what a version says, and what became of it; no words of who decided."""
    return {
        "campaign": version.script.campaign.name,
        "number": version.number,
        "state": version.state,
        "reason": version.reason,
        "author": version.author.name if version.author else None,
        "created_at": version.created_at.isoformat(),
        "published_at": version.published_at.isoformat() if version.published_at else None,
        "based_on": version.based_on.number if version.based_on else None,
        "document": version.document.to_dict(),
    }


def version_markdown(version: ScriptVersion, promises: Mapping[int, Promise]) -> str:
    """A version to read and to take in again: headings are sections, list items lines, items
    inside them variants (``**DAF**: …``) and notes (``*…*``).
    """
    title = _(
        "%(campaign)s: script, version %(number)s",
        campaign=version.script.campaign.name,
        number=version.number,
    )
    parts = [f"# {title}\n", f"*{_standing(version)}*\n"]
    if version.reason:
        parts.append("".join(f"> {line}\n" for line in version.reason.splitlines()))
    parts.append(document_markdown(version.document, promises))
    return "\n".join(parts)


def document_markdown(document: Document, promises: Mapping[int, Promise]) -> str:
    """The sections of a document."""
    parts: list[str] = []
    for section in document.sections:
        parts.append(f"## {section_title(section)}\n")
        for line in section.lines:
            parts += _line_markdown(line, promises)
        parts.append("")
    return "\n".join(parts)


def _line_markdown(line: Line, promises: Mapping[int, Promise]) -> list[str]:
    rows = [f"- {line.text}"]
    if line.answers:
        rows.append(f"  - *{_('Objection')}: « {line.answers} »*")
    if noted := _notes(line, promises):
        rows.append(f"  - *{noted}*")
    for variant in line.variants:
        rows.append(f"  - **{variant.persona}**: {variant.text}")
        if noted := register_words(variant.register):
            rows.append(f"    - *{noted}*")
    return rows


def register_words(register: Register) -> str:
    """How something is said, in one line; "" when nothing is noted."""
    parts = [register.address.value, register.pace]
    if register.use:
        parts.append(_("say: %(words)s", words=", ".join(register.use)))
    if register.avoid:
        parts.append(_("avoid: %(words)s", words=", ".join(register.avoid)))
    return " · ".join(str(part) for part in parts if part)


def _notes(line: Line, promises: Mapping[int, Promise]) -> str:
    parts = [str(_("required by law"))] if line.is_disclosure else []
    parts += [str(_("said in every conversation"))] if line.is_required else []
    promise = promises.get(line.promise_id) if line.promise_id else None
    parts += [str(_("promise: %(words)s", words=promise.text))] if promise else []
    if said := register_words(line.register):
        parts.append(said)
    return " · ".join(parts)


def _standing(version: ScriptVersion) -> str:
    """State, author and day in one line."""
    word = state_mark(version.state)[1]
    day = format_date(version.published_at or version.created_at, "long")
    author = version.author.name if version.author else ""
    return ", ".join(part for part in (word, day, author) if part)


def _history_entry(
    version: ScriptVersion,
    promises: Mapping[int, Promise],
    versions: Sequence[ScriptVersion],
    learnt: Sequence[str],
) -> str:
    rows = [
        f"## {_('Version %(number)s', number=version.number)}\n",
        f"*{_standing(version)}*\n",
    ]
    if version.reason:
        rows.append(f"{version.reason}\n")
    rows += [f"- {row}" for row in change_rows(version, promises, versions)]
    rows += [f"- {row}" for row in learnt]
    return "\n".join([*rows, ""])


def change_rows(
    version: ScriptVersion, promises: Mapping[int, Promise], versions: Sequence[ScriptVersion]
) -> list[str]:
    """What a version changed, a sentence a line; nothing for one that is based on none, or on one
    that is not among `versions`.
    """
    base = next((each for each in versions if each.id == version.based_on_id), None)
    if base is None:
        return []
    rows = []
    for line in changes.compare(base.document, version.document).changed_lines():
        shown = line.after or line.before
        assert shown is not None
        if line.status is changes.Status.ADDED:
            rows.append(str(_("Added: %(text)s", text=shown.text)))
        elif line.status is changes.Status.REMOVED:
            rows.append(str(_("Removed: %(text)s", text=shown.text)))
        else:
            if line.is_moved:
                rows.append(str(_("Moved: %(text)s", text=shown.text)))
            for detail in line.details:
                before, after = detail.before, detail.after
                if detail.what is changes.What.PROMISE:
                    before, after = (_promise_words(each, promises) for each in (before, after))
                elif detail.what in (changes.What.DISCLOSURE, changes.What.REQUIRED):
                    before, after = (_("yes") if each else _("no") for each in (before, after))
                label = what_label(detail.what)
                label += f" ({detail.persona})" if detail.persona else ""
                rows.append(f"{label}: « {before or '–'} » → « {after or '–'} »")
    return rows


def _promise_words(number: str, promises: Mapping[int, Promise]) -> str:
    promise = promises.get(int(number)) if number else None
    return promise.text if promise else ""


def _json(facts: Mapping[str, Any]) -> bytes:
    return (json.dumps(facts, ensure_ascii=False, indent=2) + "\n").encode()


def _paper(
    campaign: Campaign,
    versions: Sequence[ScriptVersion],
    promises: Mapping[int, Promise],
    language: str,
    made_at: datetime,
) -> dict[str, Any]:
    """Values of ``papers/script.typ``: the first version in full, and what each one changed."""
    shown = versions[0] if versions else None
    learnt = history_of(versions) if len(versions) > 1 else {}
    return {
        "language": language,
        "title": str(_("Script of %(campaign)s", campaign=campaign.name)),
        "subtitle": (
            f"{_('Version %(number)s', number=shown.number)}: {_standing(shown)}"
            if shown
            else str(_("No version yet."))
        ),
        "foot": f"{campaign.sponsor.name} · {format_datetime(made_at, 'medium')}",
        "reason": shown.reason if shown and len(versions) == 1 else "",
        "history_title": str(_("History")),
        "history": [
            {
                "title": f"{_('Version %(number)s', number=version.number)}: {_standing(version)}",
                "reason": version.reason,
                "changes": [
                    *change_rows(version, promises, versions),
                    *learnt.get(version.id, []),
                ],
            }
            for version in versions
        ]
        if len(versions) > 1
        else [],
        "sections": [
            {
                "title": section_title(section),
                "lines": [
                    {
                        "text": line.text,
                        "answers": line.answers,
                        "notes": _notes(line, promises),
                        "variants": [
                            {
                                "persona": variant.persona,
                                "text": variant.text,
                                "notes": register_words(variant.register),
                            }
                            for variant in line.variants
                        ],
                    }
                    for line in section.lines
                ],
            }
            for section in (shown.document.sections if shown else ())
        ],
    }
