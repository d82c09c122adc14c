"""Background work on scripts: reminders of the sponsor, and planned releases that start.

Each task looks at what is true now, and marks what it did in the same transaction: run again after
a crash at any point it does nothing twice.
"""

from __future__ import annotations

from datetime import timedelta

from callcoach.extensions import db, utc_now
from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import task
from callcoach.script_library.models import ScriptRelease, ScriptVersion, VersionState
from callcoach.script_library.operations import telling
from callcoach.script_library.operations.publishing import ASK_DEPUTY, REMIND
from callcoach.script_library.operations.releasing import START, start
from callcoach.script_library.operations.rights import lock


@task(REMIND)
def remind_approver(context: JobContext) -> None:
    """After half of the hours: whoever approves is reminded, once."""
    with context.writing(final=True):
        version = _waiting(context)
        if version is None or version.reminded_at is not None:
            return
        if _waited(version) >= _hours(version) / 2:
            version.reminded_at = utc_now()
            telling.tell_approver_again(version)


@task(ASK_DEPUTY)
def ask_deputy(context: JobContext) -> None:
    """After all of the hours: the deputy is asked, once."""
    with context.writing(final=True):
        version = _waiting(context)
        if version is None or version.deputy_asked_at is not None:
            return
        if version.script.deputy_id is not None and _waited(version) >= _hours(version):
            version.deputy_asked_at = utc_now()
            telling.tell_deputy(version)


@task(START)
def start_release(context: JobContext) -> None:
    """A planned release starts."""
    with context.writing(final=True):
        release = db.session.get(ScriptRelease, int(context.subject.removeprefix("release:")))
        if release is not None:
            lock(release.version)
            start(release)


def _waiting(context: JobContext) -> ScriptVersion | None:
    """The version, while it waits for the sponsor."""
    version_id = int(context.subject.split(":")[1])
    version = db.session.get(ScriptVersion, version_id)
    if version is None:
        return None
    lock(version)
    return version if version.state == VersionState.SUBMITTED else None


def _waited(version: ScriptVersion) -> timedelta:
    return utc_now() - version.submitted_at if version.submitted_at else timedelta(0)


def _hours(version: ScriptVersion) -> timedelta:
    return timedelta(hours=version.script.approval_hours)
