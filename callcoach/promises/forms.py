"""Forms of promises."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length

from callcoach.campaigns.models import PromiseKind
from callcoach.promises.labels import DISCLOSURES, KINDS
from callcoach.promises.models import PromiseVersion
from callcoach.promises.operations.proposing import MAX_NOTE, MAX_NUANCES, MAX_TEXT, Content
from callcoach.promises.operations.rights import MAX_COMMENT
from callcoach.script_library.models import ScriptVersion
from callcoach.web.forms import Form, choices


class ProposalForm(Form):
    """A statement that the sponsor is asked to decide on."""

    based_on = HiddenField()
    kind = SelectField(
        _l("What it is"), choices=choices(KINDS.items()), default=PromiseKind.APPROVED.value
    )
    disclosure = SelectField(
        _l("What it makes known"),
        choices=choices([("", _l("Choose…")), *DISCLOSURES.items()]),
        validate_choice=False,
        description=_l("Only for what is to be said in the opening."),
    )
    text = TextAreaField(
        _l("The statement"),
        [DataRequired(), Length(max=MAX_TEXT)],
        description=_l("As it is, or is not, to be said."),
    )
    condition = StringField(
        _l("The condition"),
        [Length(max=MAX_TEXT)],
        description=_l(
            "Only for what is said with a condition: the words without which it may not be said, "
            "such as “after the study”."
        ),
    )
    nuances = TextAreaField(
        _l("Allowed nuances"),
        [Length(max=MAX_NUANCES * (MAX_TEXT + 2))],
        description=_l(
            "Other wordings that mean the same, one a line, %(count)s at most.", count=MAX_NUANCES
        ),
    )
    note = StringField(
        _l("Why, or what to say instead"),
        [Length(max=MAX_NOTE)],
        description=_l("Agents read it beside the statement. May stay empty."),
    )
    script_version_id = SelectField(
        _l("In force"), coerce=lambda value: int(value or 0), validate_choice=False
    )
    reason = TextAreaField(
        _l("Why you propose it"),
        [DataRequired(), Length(max=MAX_COMMENT)],
        description=_l("The sponsor reads it when they decide."),
    )

    def offer(self, versions: Sequence[ScriptVersion]) -> None:
        """Set the versions of the script that are to come."""
        self.script_version_id.choices = choices(
            [
                (0, _("At once, when the sponsor has approved it")),
                *(
                    (each.id, _("With version %(number)s of the script", number=each.number))
                    for each in versions
                ),
            ]
        )

    def fill(self, version: PromiseVersion) -> None:
        """Show what a version says; the reason is written anew for each proposal."""
        self.kind.data = str(version.kind)
        self.disclosure.data = str(version.disclosure or "")
        self.text.data, self.condition.data = version.text, version.condition
        self.nuances.data = "\n".join(version.nuances)
        self.note.data = version.note

    def content(self) -> Content:
        """What was typed."""
        return Content(
            kind=self.kind.data or "",
            text=self.text.data or "",
            note=self.note.data or "",
            nuances=(self.nuances.data or "").splitlines(),
            condition=self.condition.data or "",
            disclosure=self.disclosure.data or None,
            script_version_id=self.script_version_id.data or None,
        )


class RemovalForm(Form):
    """Why a promise is to be retired, and from when on."""

    based_on = HiddenField()
    script_version_id = SelectField(
        _l("From when on"), coerce=lambda value: int(value or 0), validate_choice=False
    )
    reason = TextAreaField(
        _l("Why you propose it"),
        [DataRequired(), Length(max=MAX_COMMENT)],
        description=_l("The sponsor reads it when they decide."),
    )

    offer = ProposalForm.offer

    def content(self) -> Content:
        """Only the version of the script counts: the words are those in force."""
        return Content("", "", script_version_id=self.script_version_id.data or None)


class RecordForm(Form):
    """An approval that was given elsewhere."""

    who = StringField(_l("Who approved it"), [DataRequired(), Length(max=120)])
    how = StringField(
        _l("How"),
        [DataRequired(), Length(max=400)],
        description=_l("By e-mail, in a meeting…, and where it can be found."),
    )
    on = DateField(_l("On which day"), [DataRequired()])
