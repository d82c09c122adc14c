"""Who may do what with spoken notes, notes for others than the agent, and templates; rows of
`tests.access_table`.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.access_row import ADMIN, AGENTS, HEARS, SUPERVISORS, Row
from tests.access_row import post as _post
from tests.factories.two_sites import Site

_VOICE = {"note_id": "spoken_note"}
_TAKE = {**_VOICE, "name": "a"}
#: Nobody records in somebody else's name; whoever reads the note knows that it is there.
_AUTHOR = {"may": frozenset({"supervisor"}), "refused": HEARS}
_COLLEAGUE = {"may": frozenset({"colleague"})}
_WRITERS = {"may": ADMIN | SUPERVISORS}
_OWNER = {"may": frozenset({"supervisor"})}


def _piece(_site: Site) -> Mapping[str, object]:
    return {"data": b"abc", "headers": {"Upload-Offset": "0", "Upload-Length": "9"}}


def _template(_site: Site) -> Mapping[str, object]:
    return {"name": "Après une objection", "aim": "change", "instead": "D’accord. Et vous ?"}


MORE_NOTES = (
    Row("coaching.voice_take", **_AUTHOR, values=_TAKE),
    # a piece alone writes no row
    Row("coaching.put_voice_take", "PUT", **_AUTHOR, values=_TAKE, data=_piece),
    Row("coaching.remove_voice_take", "DELETE", **_AUTHOR, values=_TAKE, writes=True),
    _post("coaching.restore_voice", **_AUTHOR, values={"note_id": "silenced_note"}, status=200),
    Row("coaching.voice_status", **_AUTHOR, values=_VOICE),
    # the author's own listening is no line of the log
    Row("coaching.voice_sound", may=HEARS, values=_VOICE),
    Row("coaching.team_notes_page", may=AGENTS),
    # whose moment it is reads it among their own notes
    Row("coaching.team_note", **_COLLEAGUE, values={"note_id": "team_note"}, writes=True),
    _post(
        "coaching.answer_team_note",
        **_COLLEAGUE,
        values={"note_id": "colleagues_note"},
        data=lambda _: {"text": "Je l’essaie demain."},
    ),
    Row("coaching.note_templates", **_WRITERS),
    _post("coaching.save_template", **_WRITERS, data=_template),
    _post("coaching.edit_template", **_OWNER, values={"template_id": "template"}, data=_template),
    _post("coaching.delete_template", **_OWNER, values={"template_id": "template"}),
    _post("coaching.restore_template", **_OWNER, values={"template_id": "deleted_template"}),
    _post("coaching.use_template", **_OWNER, values={"template_id": "template"}, status=200),
)
