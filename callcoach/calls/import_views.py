"""Bringing recordings in by page: many files, each with its own progress and its own answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import BinaryIO, cast
from zoneinfo import ZoneInfo

from flask import current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from callcoach.accounts.access import Viewer, can_import_calls
from callcoach.accounts.session import current_viewer
from callcoach.analysis.model import AgentChannel
from callcoach.calls import queries
from callcoach.calls.blueprint import bp
from callcoach.calls.forms import ImportForm
from callcoach.calls.metadata import CallMetadata
from callcoach.calls.metadata_files import MetadataRow, read_csv
from callcoach.calls.operations import import_recording
from callcoach.config import Settings
from callcoach.errors import CallCoachError, InvalidInput, NotAllowed
from callcoach.extensions import db
from callcoach.web.errors import explain
from callcoach.web.gate import lock_late
from callcoach.web.requests import wants_json

#: Extensions offered by the file picker; what a file is, its content decides.
ACCEPTED = "audio/*,.wav,.mp3,.ogg,.opus,.m4a,.aac,.flac,.webm,.gsm,.amr,.csv"


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """What became of one file, as its row says it.

    `outcome` is ``imported``, ``duplicate``, ``conflict`` or ``rejected``; `needs_details` says that
    the recording is good and only what is known of it is not.
    """

    file: str
    outcome: str
    message: str
    url: str | None = None
    needs_details: bool = False


@bp.get("/calls/import")
def import_page() -> ResponseReturnValue:
    """The form: files, and what holds for all of them."""
    viewer = _importer()
    settings = _settings()
    form = ImportForm()
    form.offer(queries.import_choices(viewer), zone=settings.import_timezone)
    return _page(form)


@bp.post("/calls/import")
@lock_late
def import_files() -> ResponseReturnValue:
    """Import what was sent, one file after the other, each in its own transaction.

    A script sends one file at a time and gets JSON; the plain form sends all and gets the page
    with the answers.
    """
    viewer = _importer()
    form = ImportForm()
    form.offer(queries.import_choices(viewer), zone=_settings().import_timezone)
    if not form.validate_on_submit():
        if wants_json():
            messages = [str(error) for errors in form.errors.values() for error in errors]
            raise InvalidInput(" ".join(messages) or "The form could not be read.")
        return _page(form, status=422)
    uploads = [upload for upload in request.files.getlist("files") if upload.filename]
    tables = [upload for upload in uploads if str(upload.filename).lower().endswith(".csv")]
    tables += [upload for upload in request.files.getlist("metadata") if upload.filename]
    recordings = [upload for upload in uploads if upload not in tables]
    if not recordings:
        raise InvalidInput("Choose at least one recording.")
    zone = form.timezone.data
    rows = _rows(tables, zone)
    defaults = _defaults(form, zone)
    answers = [_import_one(viewer, upload, rows, defaults) for upload in recordings]
    if wants_json():
        return jsonify(results=[asdict(answer) for answer in answers])
    return _page(form, answers)


def _importer() -> Viewer:
    viewer = current_viewer()
    if not can_import_calls(viewer):
        raise NotAllowed("Supervisors and team leads import calls; ask yours.")
    return viewer


def _settings() -> Settings:
    settings: Settings = current_app.extensions["callcoach"]
    return settings


def _page(
    form: ImportForm, answers: Iterable[FileAnswer] = (), status: int = 200
) -> ResponseReturnValue:
    settings = _settings()
    page = render_template(
        "calls/import.html",
        form=form,
        answers=list(answers),
        accepted=ACCEPTED,
        max_megabytes=settings.max_megabytes,
        max_hours=settings.max_hours,
    )
    return page, status


def _rows(tables: Iterable[FileStorage], zone: str) -> Mapping[str, MetadataRow]:
    """Rows of the metadata files by file name, folded; the last one wins."""
    return {
        row.file.replace("\\", "/").rsplit("/", 1)[-1].casefold(): row
        for table in tables
        for row in read_csv(table.stream.read(), zone=zone)
    }


def _defaults(form: ImportForm, zone: str) -> CallMetadata:
    """What holds where neither a row nor the file's name says."""
    moment = form.started_at.data
    return CallMetadata(
        team_id=_chosen(form.team_id.data),
        campaign_id=_chosen(form.campaign_id.data),
        agent_id=_chosen(form.agent_id.data),
        persona=form.persona.data or "",
        agent_channel=AgentChannel(form.agent_channel.data),
        language=form.language.data or "",
        started_at=moment.replace(tzinfo=ZoneInfo(zone)) if moment else None,
    )


def _chosen(value: str | None) -> int | None:
    return int(value) if value else None


def _import_one(
    viewer: Viewer, upload: FileStorage, rows: Mapping[str, MetadataRow], defaults: CallMetadata
) -> FileAnswer:
    """Import one file and commit; a refusal is its answer, and the other files go on."""
    name = (upload.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    row = rows.get(name.casefold())
    try:
        if row is not None and row.error is not None:
            raise row.error
        result = import_recording(
            viewer,
            cast("BinaryIO", upload.stream),
            name,
            metadata=row.metadata if row is not None else None,
            defaults=defaults,
        )
        db.session.commit()
    except CallCoachError as error:
        db.session.rollback()
        needs_details = isinstance(error, InvalidInput)
        return FileAnswer(name, "rejected", explain(error), needs_details=needs_details)
    link = url_for("coaching.desk", call_id=result.call_id) if result.call_id else None
    return FileAnswer(name, str(result.outcome), _(result.message) % result.values, link)
