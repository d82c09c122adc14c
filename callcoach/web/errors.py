"""One mapping from errors to answers: a page, a fragment for htmx, or JSON for scripts.

The pages need no database and no signed-in person: they must show when either is what failed.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from callcoach.errors import CallCoachError, RecordingRejected
from callcoach.extensions import login_manager
from callcoach.web.gate import send_to_sign_in
from callcoach.web.requests import came_from, is_htmx, wants_json


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, ready to show.

    Args:
        status: HTTP status.
        title: a few words.
        message: what happened.
        advice: what to do next.
        reference: code to quote to an administrator; in the log too.
        facts: texts to show beside each other, such as both versions of a stale save.
        reason: stable machine word, for scripts.
        back: the page one came from.
    """

    status: int
    title: str
    message: str
    advice: str = ""
    reference: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    back: str | None = None


def init_app(app: Flask) -> None:
    """Attach the handlers."""
    app.register_error_handler(CallCoachError, _on_own)
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(DataError, _on_unstorable)
    app.register_error_handler(OverflowError, _on_unstorable)
    app.register_error_handler(Exception, _on_unexpected)
    login_manager.unauthorized_handler(send_to_sign_in)


def explain(error: CallCoachError) -> str:
    """The sentence of `error` in the reader's language, its placeholders filled."""
    message = str(_(error.message))
    return message % error.values if error.values and "%(" in error.message else message


def _on_own(error: CallCoachError) -> Response:
    reference = ""
    if error.status >= 500:
        reference = _new_reference()
        current_app.logger.error("%s: %s (%s)", reference, error, error.values, exc_info=error)
    else:
        current_app.logger.info(
            # Not its values, which may be what somebody wrote
            "%s %s: %s: %s",
            request.method,
            request.path,
            type(error).__name__,
            error.message,
        )
    title, advice = _words(error.status)
    facts = {}
    if "theirs" in error.values:
        facts[_("Saved in between")] = str(error.values["theirs"])
    if "yours" in error.values:
        facts[_("Your text, not saved")] = str(error.values["yours"])
    return _answer(
        Problem(
            status=error.status,
            title=title,
            message=explain(error),
            advice=advice,
            reference=reference,
            facts=facts,
            reason=error.reason if isinstance(error, RecordingRejected) else "",
        )
    )


def _on_csrf(error: CSRFError) -> Response:
    current_app.logger.info("%s %s: %s", request.method, request.path, error.description)
    return _answer(
        Problem(
            status=400,
            title=_("This page was open for too long"),
            message=_("For your safety, what you sent was not taken."),
            advice=_("Go back, reload the page, and send it again."),
            reason="csrf",
        )
    )


def _on_http(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    title, advice = _words(error.code)
    response = _answer(
        Problem(error.code, title, _http_message(error.code), advice, reason=error.name.lower())
    )
    for name, value in error.get_headers(request.environ):
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _on_unstorable(error: Exception) -> Response:
    """A number or a character that no column holds, such as an id of thirty digits: nobody's page
    sends these.
    """
    if isinstance(error, OverflowError) and "SQLite" not in str(error):
        return _on_unexpected(error)
    current_app.logger.info("%s %s: %s", request.method, request.path, type(error).__name__)
    title, advice = _words(400)
    return _answer(Problem(400, title, _http_message(400), advice, reason="bad request"))


def _on_unexpected(error: Exception) -> Response:
    if current_app.testing or current_app.debug or current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise error
    reference = _new_reference()
    current_app.logger.error("%s: %s %s", reference, request.method, request.path, exc_info=error)
    title, advice = _words(500)
    return _answer(Problem(500, title, _http_message(500), advice, reference))


def _new_reference() -> str:
    """Eight letters and digits, short enough to read out on the phone."""
    code = secrets.token_hex(4).upper()
    return f"{code[:4]}-{code[4:]}"


def _answer(problem: Problem) -> Response:
    if "_login_user" not in g:
        # Rendering asks Flask-Login for the person, which would ask the database; when that is
        # what failed, the error page would fail too. These pages name nobody.
        g._login_user = login_manager.anonymous_user()
    if wants_json():
        body: dict[str, Any] = {"error": problem.message, "advice": problem.advice}
        if problem.reason:
            body["reason"] = problem.reason
        if problem.reference:
            body["reference"] = problem.reference
        response = jsonify(body)
    elif is_htmx():
        response = make_response(render_template("errors/_toast.html", problem=problem))
        response.headers["HX-Retarget"] = "#toasts"
        response.headers["HX-Reswap"] = "beforeend"
    else:
        problem = replace(problem, back=came_from())
        response = make_response(render_template("errors/problem.html", problem=problem))
    response.status_code = problem.status
    return response


def _words(status: int) -> tuple[str, str]:
    """Title and advice for a status."""
    stays = wants_json() or is_htmx()  # the page one wrote on is still there
    back = "" if stays else _("Go back, correct it and send it again.")
    reload = (
        _("Reload the page, and take up your change again.")
        if stays
        else _("Go back, reload the page, and take up your change again.")
    )
    known = {
        400: (_("This could not be understood"), back),
        403: (
            _("You may see this, but not do this"),
            _("If you need to, ask your administrator for the right."),
        ),
        404: (
            _("There is nothing here for you"),
            _("Check the address, or start again from the start page."),
        ),
        405: (_("This page does not take that"), _("Start again from the start page.")),
        409: (
            _("This changed in the meantime"),
            reload,
        ),
        413: (_("This is too large"), _("Send fewer files at a time, or smaller ones.")),
        415: (_("This kind of file is not taken"), back),
        422: (_("This could not be taken"), back),
        429: (_("Too many tries"), _("Wait a minute, then try again.")),
    }
    if status in known:
        return known[status]
    if status < 500:
        return known[400]
    return (
        _("Something broke on our side"),
        _("Try again. If it happens again, give your administrator the reference below."),
    )


def _http_message(status: int) -> str:
    """What happened, for errors that carry no sentence of ours."""
    if status == 413:
        limit = current_app.config["MAX_CONTENT_LENGTH"] or 0
        return str(
            _("At most %(megabytes)s MB can be sent at once.", megabytes=limit // (1024 * 1024))
        )
    known: dict[int, str] = {
        403: _("Your role does not allow this."),
        404: _("This page does not exist, was removed, or is not shared with you."),
        405: _("The address is right, but not for what was asked of it."),
        429: _("There were too many tries in a short time."),
    }
    if status in known:
        return known[status]
    if status < 500:
        return str(_("What was sent is incomplete or damaged."))
    return str(_("Your last action may not have been saved."))
