"""The form of a note, and where in a call the address asks for one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice

from callcoach.analysis.model import Valence
from callcoach.calls import presenters
from callcoach.coaching.models import NoteAim, NoteScope, Visibility
from callcoach.coaching.note_text import NoteText
from callcoach.errors import InvalidInput
from callcoach.web.forms import Form, choices


class NoteForm(Form):
    """What a note says; `callcoach.coaching.note_text.checked` judges the values."""

    aim = RadioField(
        _l("What for"),
        choices=choices(
            [(NoteAim.CHANGE.value, _l("To change")), (NoteAim.KEEP.value, _l("To keep"))]
        ),
        validate_choice=False,
    )
    quote = TextAreaField(_l("What was said"))
    hears = TextAreaField(_l("What the prospect hears in it"))
    instead = TextAreaField(_l("What to say instead"))
    cause = SelectField(_l("Cause"), validate_choice=False)
    visibility = SelectField(
        _l("Who reads it"),
        choices=choices(
            [
                (Visibility.AGENT.value, _l("Agent and supervisors")),
                (Visibility.TEAM.value, _l("The whole team")),
                (Visibility.NAMED.value, _l("People I name")),
                (Visibility.PRIVATE.value, _l("Only me")),
            ]
        ),
        validate_choice=False,
    )
    scope = SelectField(
        _l("About"),
        choices=choices(
            [
                (NoteScope.MOMENT.value, _l("This moment")),
                (NoteScope.CALL.value, _l("The whole call")),
                (NoteScope.SERIES.value, _l("Several calls")),
            ]
        ),
        validate_choice=False,
    )
    #: Ids, as checkboxes send them.
    readers = SelectMultipleField(_l("Who reads it"), choices=[], validate_choice=False)
    other_calls = SelectMultipleField(_l("Other calls"), choices=[], validate_choice=False)
    #: Id of a line, as a radio button sends it; "" for none.
    script_line_id = StringField(_l("Line of the script"))
    proposes_wording = BooleanField(_l("Propose this as new wording"))
    channel = HiddenField()
    start_ms = HiddenField()
    end_ms = HiddenField()
    #: The flag it is written on, and the listening request that sending it answers; "" for none.
    point = HiddenField()
    request = HiddenField()
    #: `row_version` of the note that is being changed.
    based_on = HiddenField()
    do = StringField()

    def offer_causes(self) -> None:
        """Fill the select: what to change, then what to keep."""
        groups = {
            Valence.NEGATIVE.value: str(_l("To change")),
            Valence.POSITIVE.value: str(_l("To keep")),
        }
        self.cause.choices = [
            SelectChoice("", str(_l("No particular cause"))),
            *(
                SelectChoice(value, label, optgroup=groups[valence])
                for value, label, valence in presenters.cause_choices()
            ),
        ]

    def note_text(self) -> NoteText:
        """What was sent.

        Raises:
            InvalidInput: the moment is not given in numbers.
        """
        return NoteText(
            channel=_number(self.channel.data),
            start_ms=_number(self.start_ms.data),
            end_ms=_number(self.end_ms.data),
            quote=_plain(self.quote.data),
            hears=_plain(self.hears.data),
            instead=_plain(self.instead.data),
            cause=self.cause.data or "",
            aim=self.aim.data or NoteAim.CHANGE.value,
            visibility=self.visibility.data or Visibility.AGENT.value,
            scope=self.scope.data or NoteScope.MOMENT.value,
            readers=self.ids_of("readers"),
            other_calls=self.ids_of("other_calls"),
            script_line_id=self.number_of("script_line_id") or None,
            proposes_wording=bool(self.proposes_wording.data),
        )

    def ids_of(self, name: str) -> tuple[int, ...]:
        """The numbers that are chosen in a list, ascending; what is no number is passed over."""
        return numbers_in(str(value) for value in self[name].data or ())

    def number_of(self, name: str) -> int:
        """A hidden number; 0 when there is none."""
        value = str(self[name].data or "")
        return int(value) if value.isdecimal() and len(value) < _MAX_DIGITS else 0


#: Longer numbers are no id and no millisecond of a call, and databases refuse them.
_MAX_DIGITS = 10


def numbers_in(texts: Iterable[str]) -> tuple[int, ...]:
    """The numbers among texts, each once, ascending; what can be no id is passed over."""
    return tuple(sorted({int(v) for v in texts if v.isdecimal() and len(v) < _MAX_DIGITS}))


def _number(value: str | None) -> int:
    text = str(value or "")
    if not text.isdecimal() or len(text) >= _MAX_DIGITS:
        raise InvalidInput("Say which moment of the call the note is about.", field="start_ms")
    return int(text)


def _plain(value: str | None) -> str:
    """Browsers send line ends as CRLF; texts are compared and counted with LF."""
    return (value or "").replace("\r\n", "\n")


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a new note shall go, as the address says it; None where it says nothing.

    `is_moment` is false for a note on the call as a whole, alone or with `other_calls`.
    """

    point: int | None
    start_ms: int | None
    end_ms: int | None
    channel: int | None
    at_ms: int | None
    request: int | None
    is_moment: bool = True
    other_calls: tuple[int, ...] = ()

    @property
    def scope(self) -> NoteScope:
        """What the note is about."""
        if self.is_moment:
            return NoteScope.MOMENT
        return NoteScope.SERIES if self.other_calls else NoteScope.CALL


def read_asked(args: MultiDict[str, str]) -> Asked:
    """``?point=12``, ``?start_ms=…&end_ms=…&channel=…``, ``?at_ms=…``, ``?scope=call`` or
    ``?scope=series&other_calls=…``, with ``request``.

    Raises:
        InvalidInput: one is no number.
    """
    found: dict[str, int | None] = {}
    for name in ("point", "start_ms", "end_ms", "channel", "at_ms", "request"):
        text = args.get(name, "")
        if text and (not text.isdecimal() or len(text) >= _MAX_DIGITS):
            raise InvalidInput("Say which moment of the call the note is about.", field=name)
        found[name] = int(text) if text else None
    others = numbers_in(args.getlist("other_calls"))
    return Asked(**found, is_moment=args.get("scope", "moment") == "moment", other_calls=others)
