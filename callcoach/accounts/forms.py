"""Forms of signing in and of one's own settings."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, EqualTo, Length

from callcoach.accounts.operations import MAX_NAME
from callcoach.accounts.passwords import MAX_LENGTH
from callcoach.web.forms import Form, choices
from callcoach.web.i18n import LOCALES


class SignInForm(Form):
    """Login or e-mail, and the secret."""

    identifier = StringField(_l("Login or e-mail"), [DataRequired(), Length(max=254)])
    password = PasswordField(_l("Password"), [DataRequired(), Length(max=MAX_LENGTH)])


class SwitchForm(Form):
    """One of this device's people, and their secret."""

    person = RadioField(_l("Who are you?"), [DataRequired(_l("Choose your name."))], coerce=int)
    password = PasswordField(_l("Password"), [DataRequired(), Length(max=MAX_LENGTH)])


class ProfileForm(Form):
    """How one is named and how pages look."""

    name = StringField(_l("Name, as colleagues read it"), [DataRequired(), Length(max=MAX_NAME)])
    locale = SelectField(_l("Language"), choices=choices(LOCALES.items()))
    theme = RadioField(
        _l("Theme"),
        choices=choices(
            [("auto", _l("As the device")), ("light", _l("Light")), ("dark", _l("Dark"))]
        ),
    )


class PasswordForm(Form):
    """The present password and the new one, twice."""

    current = PasswordField(_l("Current password"), [DataRequired(), Length(max=MAX_LENGTH)])
    new = PasswordField(_l("New password"), [DataRequired(), Length(max=MAX_LENGTH)])
    again = PasswordField(
        _l("New password, again"),
        [DataRequired(), EqualTo("new", _l("The two new passwords differ."))],
    )
