"""Forms of sponsors and campaigns."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from callcoach.campaigns.models import AgentAudio, PromiseKind
from callcoach.campaigns.operations import (
    DISPUTE_HOURS,
    INCIDENT_HOURS,
    MAX_NAME,
    MAX_TERMS,
)
from callcoach.web.countries import country_choices
from callcoach.web.forms import Form, choices

#: Languages in which calls are transcribed and analysed.
LANGUAGES = {"fr": _l("French"), "en": _l("English")}

KINDS = {
    PromiseKind.APPROVED: _l("Approved"),
    PromiseKind.CONDITIONAL: _l("With a condition"),
    PromiseKind.FORBIDDEN: _l("Forbidden"),
    PromiseKind.AMBIGUOUS: _l("Ambiguous"),
    PromiseKind.DISCLOSURE: _l("To be said in the opening"),
    PromiseKind.POSITIONING: _l("Positioning"),
}

AGENT_AUDIO = {
    AgentAudio.YES: _l("Yes: the moments of notes, drills, and their own calls"),
    AgentAudio.REDACTED: _l("Redacted: names and numbers beeped out"),
    AgentAudio.TEXT_ONLY: _l("Text only: agents read, and nothing is played to them"),
}


class ChecksField(SelectMultipleField):
    """Several of a few, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SponsorForm(Form):
    """A client company."""

    name = StringField(_l("Name of the company"), [DataRequired(), Length(max=120)])


class SeatForm(Form):
    """One more of the sponsor's people."""

    user_id = SelectField(_l("Person"), coerce=int)


class CampaignForm(Form):
    """A campaign; its personas have a form of their own."""

    based_on = HiddenField()
    sponsor_id = SelectField(_l("Sponsor"), coerce=int, validate_choice=False)
    name = StringField(_l("Name of the campaign"), [DataRequired(), Length(max=MAX_NAME)])
    purpose = TextAreaField(
        _l("What a call is for"),
        [Length(max=2000)],
        description=_l("In one or two sentences: who is called, and what is proposed."),
    )
    language = SelectField(_l("Language of the calls"), choices=choices(LANGUAGES.items()))
    market = SelectField(
        _l("Market that is called"),
        choices=[],
        validate_choice=False,
        description=_l("Only people native to it teach the engine what sounds right there."),
    )
    starts_on = DateField(_l("First day"), [Optional()])
    ends_on = DateField(_l("Last day"), [Optional()])
    team_ids = ChecksField(_l("Teams that call"), coerce=int)
    vocabulary = TextAreaField(
        _l("Vocabulary"),
        [Length(max=6000)],
        description=_l(
            "Names and terms that recognition should know, one a line, %(count)s at most: "
            "the company, its products, the trade’s words.",
            count=MAX_TERMS,
        ),
    )

    agent_audio = RadioField(
        _l("Sound on the agents’ telephones"),
        choices=choices(AGENT_AUDIO.items()),
        description=_l(
            "Redacted: of calls, agents hear only the moments of the notes on them, with a tone over "
            "names, numbers and what was not recognised for certain. A name that is not recognised "
            "as one may be heard. Calls and spoken notes they read. Their own takes of drills they "
            "hear in any case."
        ),
    )
    dispute_hours = IntegerField(
        _l("Hours to answer an agent who sees it otherwise"),
        [InputRequired(), NumberRange(*DISPUTE_HOURS)],
        description=_l(
            "From %(least)s to %(most)s, nights and weekends included. Both sides are told the "
            "exact time; an answer that is late stays possible, and is shown as late.",
            least=DISPUTE_HOURS[0],
            most=DISPUTE_HOURS[1],
        ),
    )

    incident_hours = IntegerField(
        _l("Hours to tell the sponsor of an incident"),
        [Optional(), NumberRange(*INCIDENT_HOURS)],
        description=_l(
            "As the contract says, from %(least)s to %(most)s, counted from when a forbidden claim "
            "or a false identity is confirmed. Supervisors are reminded before.",
            least=INCIDENT_HOURS[0],
            most=INCIDENT_HOURS[1],
        ),
    )

    portal_agent_voice = BooleanField(
        _l("The sponsor hears the agents’ voices"),
        description=_l(
            "In the sampled calls of audits. Without it the agents’ words are text only, and the "
            "sponsor hears the person called."
        ),
    )

    def offer_markets(self) -> None:
        """Set the countries to choose from, in the reader's language."""
        self.market.choices = choices(country_choices())

    def terms(self) -> list[str]:
        """The vocabulary, a term a line."""
        return (self.vocabulary.data or "").splitlines()


class PersonaForm(Form):
    """A kind of person called."""

    name = StringField(_l("Persona"), [DataRequired(), Length(max=80)])
    notes = TextAreaField(
        _l("How to speak with them"),
        [Length(max=2000)],
        description=_l("What matters to them, words to use and to avoid."),
    )
