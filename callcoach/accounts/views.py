"""Signing in and out, the quick switch, and one's own settings."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from flask_login import current_user

from callcoach.accounts import device, operations
from callcoach.accounts.forms import PasswordForm, ProfileForm, SignInForm, SwitchForm
from callcoach.accounts.models import Role, User
from callcoach.accounts.session import current_viewer, end_session, start_session
from callcoach.errors import InvalidInput
from callcoach.extensions import db, limiter, write_transaction
from callcoach.web import i18n, nav
from callcoach.web.errors import explain
from callcoach.web.forms import choices
from callcoach.web.gate import lock_late, public
from callcoach.web.requests import here, safe_next
from callcoach.web.toasts import notify

bp = Blueprint("accounts", __name__)

#: A refused form; also what counts against the limits below.
_REFUSED = 422
#: Failed tries from one address: a whole floor may share one, and mistypes at the start of a shift.
_LIMIT_PER_ADDRESS = "30 per minute; 300 per hour"
#: Failed tries at one identifier, wherever they come from.
_LIMIT_PER_PERSON = "5 per minute; 30 per hour"


def _was_refused(response: Response) -> bool:
    return response.status_code == _REFUSED


def _person_tried() -> str:
    """Which account is tried: by what was typed, or by the name chosen on the switch page."""
    identifier = request.form.get("identifier", "").strip().lower()[:254]
    return f"identifier:{identifier}" if identifier else f"id:{request.form.get('person', '')}"


# One budget for both doors.
_limit_address = limiter.shared_limit(
    _LIMIT_PER_ADDRESS,
    scope="sign-in",
    key_func=get_remote_address,
    methods=["POST"],
    deduct_when=_was_refused,
)
_limit_person = limiter.shared_limit(
    _LIMIT_PER_PERSON,
    scope="sign-in-person",
    key_func=_person_tried,
    methods=["POST"],
    deduct_when=_was_refused,
)


@bp.get("/")
def home() -> ResponseReturnValue:
    """The most useful page of whoever is signed in."""
    return redirect(url_for(nav.home_endpoint()))


@bp.route("/sign-in", methods=["GET", "POST"])
@_limit_address
@_limit_person
@public
@lock_late
def sign_in() -> ResponseReturnValue:
    """Sign in by login or e-mail."""
    target = safe_next(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(target or url_for("accounts.home"))
    form = SignInForm()
    if form.validate_on_submit():
        user = operations.find_by_identifier(form.identifier.data or "")
        answer = _try_secret(user, form.password.data or "", target)
        if answer is not None:
            return answer
        form.form_errors.append(
            _("This login and password do not go together. Check both and try again.")
        )
    page = render_template(
        "accounts/sign_in.html", form=form, target=target, people=device.recent_people()
    )
    return page, _REFUSED if form.is_submitted() else 200


@bp.route("/switch-user", methods=["GET", "POST"])
@_limit_address
@_limit_person
@public
@lock_late
def switch_user() -> ResponseReturnValue:
    """Take over a shared PC: choose a name, give the secret."""
    if current_user.is_authenticated:
        return redirect(url_for("accounts.home"))  # leaving is a POST, `leave_to_switch`
    people = device.recent_people()
    if not people:
        return redirect(url_for("accounts.sign_in"))
    form = SwitchForm()
    form.person.choices = choices((person.id, person.name) for person in people)
    if form.validate_on_submit():
        # only people of this device's signed list are choices
        user = db.session.get(User, form.person.data)
        answer = _try_secret(user, form.password.data or "", None)
        if answer is not None:
            return answer
        form.form_errors.append(_("This is not the password of the name chosen. Try again."))
    page = render_template("accounts/switch_user.html", form=form)
    return page, _REFUSED if form.is_submitted() else 200


def _try_secret(user: User | None, secret: str, target: str | None) -> Response | None:
    """Sign `user` in when the secret is right; None, and a line in the access log, when not.

    The secret is checked outside any writing transaction: hashing is slow on purpose, and a
    floor signs in within the same minute.
    """
    is_right = operations.check_secret(user, secret)
    user_id = user.id if user else None
    db.session.rollback()
    with write_transaction():
        if not is_right or user_id is None:
            operations.record_failed_sign_in(user_id)
            db.session.commit()
            return None
        person = operations.record_sign_in(user_id, secret)
        db.session.commit()
    start_session(person)
    response = make_response(redirect(target or url_for("accounts.home")))
    i18n.remember(response, locale=person.locale, theme=person.theme)
    device.remember_person(response, device.Person(person.id, person.name))
    return response


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this session."""
    return _leave("accounts.sign_in", to_switch=False)


@bp.post("/switch-user/leave")
def leave_to_switch() -> ResponseReturnValue:
    """End this session so that a colleague can take over."""
    return _leave("accounts.switch_user", to_switch=True)


def _leave(endpoint: str, *, to_switch: bool) -> Response:
    """End this session, and have the browser forget what it keeps of it.

    Of agents everything, also recordings that were not sent (the page asks before): they share
    telephones and computers. Others keep how they like to listen; it says nothing of anybody.
    """
    viewer = current_viewer()
    operations.record_sign_out(viewer, to_switch=to_switch)
    db.session.commit()
    end_session()
    response = make_response(redirect(url_for(endpoint)))
    forgets = ("cache", "storage") if viewer.role is Role.AGENT else ("cache",)
    response.headers["Clear-Site-Data"] = ", ".join(f'"{what}"' for what in forgets)
    return response


@bp.post("/switch-user/forget")
@public
def forget_people() -> ResponseReturnValue:
    """Forget who signed in on this device."""
    response = make_response(redirect(url_for("accounts.sign_in")))
    device.forget_people(response)
    notify(_("This device no longer shows who signed in here."))
    return response


@bp.post("/preferences")
@public
def save_preferences() -> ResponseReturnValue:
    """Switch language or theme and come back; kept for the person, and on this device."""
    locale = _known(request.form.get("locale"), i18n.LOCALES)
    theme = _known(request.form.get("theme"), i18n.THEMES)
    if current_user.is_authenticated:
        operations.change_own_settings(current_viewer(), locale=locale, theme=theme)
        db.session.commit()
    response = make_response(redirect(here() or url_for("accounts.home")))
    i18n.remember(response, locale=locale, theme=theme)
    return response


def _known(value: str | None, known: dict[str, str] | tuple[str, ...]) -> str | None:
    return value if value in known else None


@bp.get("/settings")
def settings() -> ResponseReturnValue:
    """One's own settings."""
    return _settings_page(ProfileForm(obj=current_user), PasswordForm())


@bp.post("/settings")
def save_settings() -> ResponseReturnValue:
    """Save name, language and theme."""
    form = ProfileForm()
    if not form.validate_on_submit():
        return _settings_page(form, PasswordForm(formdata=None)), _REFUSED
    user = operations.change_own_settings(
        current_viewer(), name=form.name.data, locale=form.locale.data, theme=form.theme.data
    )
    db.session.commit()
    response = make_response(redirect(url_for("accounts.settings")))
    i18n.remember(response, locale=user.locale, theme=user.theme)
    if any(person.id == user.id for person in device.recent_people()):
        device.remember_person(response, device.Person(user.id, user.name))
    with i18n.speaking(user.locale):
        notify(_("Your settings are saved."))
    return response


@bp.post("/settings/password")
def save_password() -> ResponseReturnValue:
    """Change one's own password."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            user = operations.change_own_password(
                current_viewer(), form.current.data or "", form.new.data or ""
            )
        except InvalidInput as error:
            field = form.current if error.values.get("field") == "current" else form.new
            field.errors = [*field.errors, explain(error)]
        else:
            db.session.commit()
            start_session(user)  # the epoch ended this session too; the others stay ended
            notify(_("Your password is changed. Other open sessions of yours have ended."))
            return redirect(url_for("accounts.settings"))
    db.session.rollback()
    profile = ProfileForm(formdata=None, obj=current_user)
    return _settings_page(profile, form), _REFUSED


def _settings_page(profile: ProfileForm, password: PasswordForm) -> str:
    return render_template("accounts/settings.html", profile=profile, password=password)
