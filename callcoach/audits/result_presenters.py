"""What the pages of results and of contested findings print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, User
from callcoach.audits.blindness import Seen
from callcoach.audits.models import Audit, JointCalibration, Judgement, RemarkKind
from callcoach.audits.presenters import label_of, look_of, share_text, sign_of
from callcoach.audits.queries import versions_by_id
from callcoach.audits.results import Agreement, Cell, Results, Share
from callcoach.calls.access import can_read_call
from callcoach.calls.presenters import clock
from callcoach.extensions import db
from callcoach.promises.labels import KINDS
from callcoach.promises.labels import SIGNS as KIND_SIGNS
from callcoach.script_library.models import ScriptVersion
from callcoach.web.filters import local_date, number


@dataclass(frozen=True, slots=True)
class CellView:
    """One figure of the matrix; `url` is "" where nothing was judged."""

    text: str
    counted: str
    url: str
    is_small: bool
    look: str


@dataclass(frozen=True, slots=True)
class LineView:
    """One promise: its whole figure, those of its columns, and how far the machine agrees."""

    version_id: int
    text: str
    kind: str
    kind_sign: str
    standings: tuple[tuple[str, str, int], ...]
    total: CellView
    cells: tuple[CellView, ...]
    agreement: AgreementView


@dataclass(frozen=True, slots=True)
class AgreementView:
    """First judgements against the machine, in words; "" where nothing could be compared."""

    same: str
    n: int
    kappa: str
    alarms: str
    caught: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Promises × weeks or script versions."""

    columns: tuple[str, ...]
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding in a list."""

    finding_id: int
    sampled_id: int
    place: int
    called_on: date | None
    promise: str
    kind: str
    sign: str
    label: str
    look: str
    quote: str
    clock: str
    comment: str
    note: str
    is_erased: bool
    contested: str


@dataclass(frozen=True, slots=True)
class RemarkLine:
    """What somebody said of a finding; the client's people by name, since they sign for it."""

    word: str
    text: str
    who: str
    at: datetime
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class CalibrationView:
    """How far a joint calibration has come; the client's answer only once the floor has answered.

    Args:
        step: ``answer``, ``wait``, ``conclude``, ``agreed`` or ``differs``.
        floor, sponsor: sign and label, and reason; None while not to be shown.
    """

    step: str
    floor: tuple[str, str, str] | None
    sponsor: tuple[str, str, str] | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ContestedLine:
    """A contested finding in the list."""

    finding_id: int
    title: str
    campaign: str
    promise: str
    step: str
    opened_at: datetime


def matrix(audit: Audit, found: Results, by: str) -> Matrix:
    """The figures of an audit by week or by script."""
    versions = versions_by_id([line.version_id for line in found.promises])
    numbers = _script_numbers(found.scripts)
    lines = []
    for line in found.promises:
        version = versions[line.version_id]
        url = url_for("audits.show_cell", audit_id=audit.id, version_id=line.version_id)
        if by == "scripts":
            cells = [
                _cell(line.by_script.get(script), f"{url}?script={script or 0}")
                for script in found.scripts
            ]
        else:
            cells = [
                _cell(line.by_week.get(week), f"{url}?week={week.isoformat()}")
                for week in found.weeks
            ]
        lines.append(
            LineView(
                version_id=line.version_id,
                text=version.text,
                kind=str(KINDS[line.kind]),
                kind_sign=KIND_SIGNS[line.kind],
                standings=tuple(
                    (sign_of(line.kind, standing), label_of(line.kind, standing), count)
                    for standing, count in line.counts.items()
                    if count
                ),
                total=_cell(line.total, url),
                cells=tuple(cells),
                agreement=agreement(line.agreement),
            )
        )
    if by == "scripts":
        columns = tuple(
            _("Version %(number)s", number=numbers[script]) if script else _("No script known")
            for script in found.scripts
        )
    else:
        columns = tuple(_("Week of %(day)s", day=local_date(week)) for week in found.weeks)
    return Matrix(columns, tuple(lines))


def not_compared(left_out: Mapping[Seen, int]) -> str:
    """Pairs that the agreement leaves out since the judgement was not blind; "" where none is."""
    sentences = []
    if count := left_out.get(Seen.OTHER_AUDIT, 0):
        sentences.append(
            ngettext(
                "%(num)s judgement is left out of it: the call had been judged in another audit.",
                "%(num)s judgements are left out of it: the calls had been judged in another audit.",
                count,
            )
        )
    if count := left_out.get(Seen.INCIDENT, 0):
        sentences.append(
            ngettext(
                "%(num)s judgement is left out of it: an incident about it had been decided before.",
                "%(num)s judgements are left out of it: incidents about them had been decided before.",
                count,
            )
        )
    return " ".join(sentences)


def agreement(found: Agreement) -> AgreementView:
    """How far people and machine agree, with n."""
    return AgreementView(
        same=_of(found.same),
        n=found.same.n,
        kappa=number(found.kappa, 2) if found.kappa is not None else "",
        alarms=_of(found.alarms),
        caught=_of(found.caught),
    )


def finding_lines(ids: Sequence[int]) -> list[FindingLine]:
    """Findings by id, in this order."""
    found = {
        one.id: one for one in db.session.scalars(select(Judgement).where(Judgement.id.in_(ids)))
    }
    return [finding_line(found[one]) for one in ids if one in found]


def finding_line(finding: Judgement) -> FindingLine:
    """One finding with what became of it."""
    kind, sampled = finding.version.kind, finding.sampled
    note = ""
    if finding.settled:
        note = _("settled together")
    elif finding.corrected:
        first = label_of(kind, finding.standing)
        note = _("first: %(standing)s", standing=first)
    calibration = finding.calibration
    return FindingLine(
        finding_id=finding.id,
        sampled_id=sampled.id,
        place=sampled.position + 1,
        called_on=sampled.called_on,
        promise=finding.version.text,
        kind=str(KINDS[kind]),
        sign=sign_of(kind, finding.final),
        label=label_of(kind, finding.final),
        look=look_of(kind, finding.final),
        quote=finding.quote,
        clock=clock(finding.start_ms) if finding.start_ms is not None else "",
        comment=finding.comment,
        note=note,
        is_erased=sampled.call_id is None,
        contested=step_of(calibration) if calibration is not None else "",
    )


def remarks(finding: Judgement) -> list[RemarkLine]:
    """What was said of a finding, in order."""
    words = {
        RemarkKind.COMMENT: _("Comment"),
        RemarkKind.AGREES: _("Agrees"),
        RemarkKind.CONTESTS: _("Contests"),
    }
    return [
        RemarkLine(
            word=words[RemarkKind(one.kind)],
            text=one.text,
            who=_who(one.author),
            at=one.at,
            is_withdrawn=one.withdrawn_at is not None,
        )
        for one in finding.remarks
    ]


def step_of(calibration: JointCalibration) -> str:
    """What comes next: ``answer``, ``wait``, ``conclude``, ``agreed`` or ``differs``."""
    if calibration.closed_at is not None:
        return "agreed" if calibration.is_agreed else "differs"
    if calibration.floor_standing is None:
        return "answer"
    return "wait" if calibration.sponsor_standing is None else "conclude"


def calibration_view(finding: Judgement) -> CalibrationView | None:
    """The joint calibration of a finding; None while nobody contests it."""
    calibration = finding.calibration
    if calibration is None:
        return None
    kind = finding.version.kind
    floor = sponsor = None
    if calibration.floor_standing is not None:
        standing = calibration.floor_standing
        floor = (sign_of(kind, standing), label_of(kind, standing), calibration.floor_reason)
        if calibration.sponsor_standing is not None:
            theirs = calibration.sponsor_standing
            sponsor = (sign_of(kind, theirs), label_of(kind, theirs), calibration.sponsor_reason)
    return CalibrationView(step_of(calibration), floor, sponsor, calibration.closed_at)


def contested_line(calibration: JointCalibration) -> ContestedLine:
    """A contested finding in the list."""
    finding = calibration.judgement
    audit = finding.sampled.audit
    return ContestedLine(
        finding_id=finding.id,
        title=audit.title,
        campaign=audit.campaign.name,
        promise=finding.version.text,
        step=step_of(calibration),
        opened_at=calibration.opened_at,
    )


def moment_url(viewer: Viewer, finding: Judgement) -> str:
    """Where the viewer hears it: the judged call at its moment; "" where they cannot."""
    call = finding.sampled.call
    if call is None or call.deleted_at is not None or not can_read_call(viewer, call):
        return ""
    return url_for("audits.show_sampled", sampled_id=finding.audit_call_id) + (
        f"#finding-{finding.id}"
    )


def _cell(cell: Cell | None, url: str) -> CellView:
    if cell is None or not cell.judged:
        return CellView("", "", "", is_small=False, look="")
    share = cell.aligned
    return CellView(
        text=share_text(share),
        counted=_("%(count)s of %(n)s", count=share.count, n=share.n),
        url=url,
        is_small=share.is_small,
        look="" if share.value is None or share.count == share.n else "is-less",
    )


def _of(share: Share) -> str:
    if not share.n:
        return ""
    counted = _("%(count)s of %(n)s", count=share.count, n=share.n)
    return f"{counted} · {share_text(share)}"


def _script_numbers(ids: Iterable[int | None]) -> dict[int, int]:
    wanted = sorted(one for one in ids if one is not None)
    rows = db.session.execute(
        select(ScriptVersion.id, ScriptVersion.number).where(ScriptVersion.id.in_(wanted))
    )
    return {row.id: row.number for row in rows}


def _who(author: User | None) -> str:
    if author is None:
        return _("Somebody")
    return author.name if author.role == Role.SPONSOR else _("The floor")
