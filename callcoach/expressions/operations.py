"""Adding, changing, putting aside and bringing back expressions. Each leaves a line of history.

Everything here takes back: a change by `take_back`, putting aside by `restore`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.analysis.expressions import read_phrase
from callcoach.analysis.text import tokens
from callcoach.campaigns.models import Campaign
from callcoach.errors import Conflict, InvalidInput, NotFound, StaleVersion
from callcoach.expressions import subjects
from callcoach.expressions.access import can_edit_expressions
from callcoach.expressions.drilling import Wording, follow, give_voice, lock, take_voice
from callcoach.expressions.queries import in_use
from callcoach.extensions import db, utc_now
from callcoach.jobs import operations as jobs
from callcoach.script_library.models import Expression, ExpressionEdit, ExpressionKind
from callcoach.storage import StoredContent
from callcoach.storage.operations import delete_file, register_derived

LIMITS = {"phrase": 200, "hears": 500, "instead": 1000, "persona": 80}
#: Personas of one expression: more is a list nobody reads.
MAX_PERSONAS = 8
#: Letters a phrase has at least: shorter ones are found everywhere.
LEAST_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Saying:
    """What an expression says.

    Args:
        hears: name of a persona, "" for everybody -> what they hear in it.
    """

    kind: str
    phrase: str
    hears: Mapping[str, str] = field(default_factory=dict)
    instead: str = ""

    @classmethod
    def of(cls, expression: Expression) -> Self:
        return cls(
            str(expression.kind), expression.phrase, dict(expression.hears), expression.instead
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON types."""
        return asdict(self) | {"hears": dict(self.hears)}


def checked(saying: Saying, language: str) -> Saying:
    """In the form in which it is saved.

    Raises:
        InvalidInput: no such kind, nothing to look for, or a text that is too long; names the field.
    """
    if saying.kind not in set(ExpressionKind):
        raise InvalidInput("There is no such kind of expression.", field="kind")
    phrase = " ".join(saying.phrase.split()).strip('«»“”" \u00a0\u202f')
    pattern = read_phrase(phrase, language)
    if len(pattern.joined) < LEAST_LETTERS:
        raise InvalidInput(
            "Write at least one word of %(letters)s letters: anything shorter is found everywhere.",
            letters=str(LEAST_LETTERS),
            field="phrase",
        )
    hears = {
        " ".join(name.split()): text.strip() for name, text in saying.hears.items() if text.strip()
    }
    if len(hears) > MAX_PERSONAS:
        raise InvalidInput("These are too many personas.", field="hears")
    named = [
        ("phrase", phrase),
        ("instead", saying.instead.strip()),
        *(("hears", text) for text in hears.values()),
        *(("persona", name) for name in hears),
    ]
    for name, text in named:
        if len(text) > LIMITS[name]:
            raise InvalidInput(
                "%(value)s… is too long: %(limit)s characters at most.",
                value=text[:40],
                limit=str(LIMITS[name]),
                field=name,
            )
    return Saying(saying.kind, phrase, hears, saying.instead.strip())


def add(viewer: Viewer, campaign: Campaign, saying: Saying) -> Expression:
    """A new expression.

    Raises:
        NotFound: the viewer does not change this campaign's expressions.
        InvalidInput: as `checked`.
        Conflict: the campaign has the same words of this kind.
    """
    _require(viewer, campaign)
    saying = checked(saying, campaign.language)
    _require_new(campaign, saying)
    expression = Expression(campaign_id=campaign.id, author_id=viewer.user_id, **saying.to_dict())
    db.session.add(expression)
    db.session.flush()
    return _kept(viewer, expression, "added")


def change(viewer: Viewer, expression: Expression, saying: Saying, *, based_on: int) -> Expression:
    """Another wording.

    Args:
        based_on: `row_version` of what was edited.

    Raises:
        NotFound, InvalidInput, Conflict: as `add`.
        StaleVersion: somebody saved it since.
    """
    _locked(viewer, expression)
    saying = checked(saying, expression.campaign.language)
    if based_on != expression.row_version:
        raise StaleVersion(
            "Somebody changed this expression in the meantime.", theirs=expression.phrase
        )
    if saying == Saying.of(expression):
        return expression
    _require_new(expression.campaign, saying, but=expression.id)
    _say(expression, saying)
    return _kept(viewer, expression, "changed")


def remove(viewer: Viewer, expression: Expression) -> Expression:
    """Put it aside: nothing looks for it any more. Twice is once.

    Raises:
        NotFound: as `add`.
    """
    _locked(viewer, expression)
    if expression.removed_at is not None:
        return expression
    expression.removed_at = utc_now()
    return _kept(viewer, expression, "removed")


def restore(viewer: Viewer, expression: Expression) -> Expression:
    """Bring it back. Twice is once.

    Raises:
        NotFound: as `add`.
        Conflict: the same words were added meanwhile.
    """
    _locked(viewer, expression)
    if expression.removed_at is None:
        return expression
    _require_new(expression.campaign, Saying.of(expression), but=expression.id)
    expression.removed_at = None
    return _kept(viewer, expression, "restored")


def take_back(viewer: Viewer, expression: Expression, edit_id: int) -> Expression:
    """Undo the last change of its words; that is a change itself, and takes back too.

    Raises:
        NotFound: as `add`, or it has no such change.
        Conflict: it was changed again since.
    """
    _locked(viewer, expression)
    worded = [edit for edit in expression.edits if edit.action in ("added", "changed", "undone")]
    if edit_id not in {edit.id for edit in worded}:
        raise NotFound("There is no such change.")
    if worded[0].id != edit_id:
        raise Conflict("It was changed again since. Undo the later change first.")
    if len(worded) == 1:
        return remove(viewer, expression)
    before = Saying(**worded[1].said)
    _require_new(expression.campaign, before, but=expression.id)
    _say(expression, before)
    return _kept(viewer, expression, "undone")


def keep_voice(
    viewer: Viewer, expression: Expression, content: StoredContent, duration_ms: int
) -> Expression:
    """How a native says it, over an earlier recording, whose file goes; its words are recognised in
    the background.

    Raises:
        NotFound: as `add`.
    """
    _locked(viewer, expression)
    old = expression.voice_file
    if old is not None and old.key == content.key:
        return expression  # a try whose answer was lost
    expression.voice_file = register_derived(content, kind="voice", media_type="audio/mp4")
    expression.voice_ms, expression.voice_text = duration_ms, ""
    db.session.flush()
    give_voice(expression, old)
    if old is not None:
        delete_file(old)
    assert expression.voice_file_id is not None  # flushed just now
    jobs.enqueue(
        subjects.TRANSCRIBE,
        subjects.voice_subject(expression.id, expression.voice_file_id),
        viewer=viewer,
        priority=15,
    )
    return _kept(viewer, expression, "spoken")


def remove_voice(viewer: Viewer, expression: Expression) -> Expression:
    """Delete the recording, also in its drill. Twice is once.

    Raises:
        NotFound: as `add`.
    """
    _locked(viewer, expression)
    file = expression.voice_file
    if file is None:
        return expression
    take_voice(expression, file)
    expression.voice_file, expression.voice_ms, expression.voice_text = None, 0, ""
    db.session.flush()
    delete_file(file)
    return _kept(viewer, expression, "unspoken")


def _say(expression: Expression, saying: Saying) -> None:
    """Another wording, which its drill follows as far as nobody changed that."""
    before = Wording.of(expression)
    expression.kind = ExpressionKind(saying.kind)
    expression.phrase = saying.phrase
    expression.hears = dict(saying.hears)
    expression.instead = saying.instead
    follow(expression, before)


def _kept(viewer: Viewer, expression: Expression, action: str) -> Expression:
    if action != "added":
        expression.row_version += 1
    expression.edits.insert(
        0,
        ExpressionEdit(
            author_id=viewer.user_id, action=action, said=Saying.of(expression).to_dict()
        ),
    )
    record(
        viewer.user_id,
        f"expression.{action}",
        subject_kind="expression",
        subject_id=expression.id,
    )
    db.session.flush()
    return expression


def _require(viewer: Viewer, campaign: Campaign) -> None:
    if not can_edit_expressions(viewer, [link.team_id for link in campaign.teams]):
        raise NotFound("There is no such expression.")


def _locked(viewer: Viewer, expression: Expression) -> None:
    """Let pass who may change it, and wait for whoever is changing it."""
    _require(viewer, expression.campaign)
    lock(expression)


def _require_new(campaign: Campaign, saying: Saying, *, but: int = 0) -> None:
    wanted = tokens(saying.phrase)
    for other in in_use(campaign.id, [ExpressionKind(saying.kind)]):
        if other.id != but and tokens(other.phrase) == wanted:
            raise Conflict("This campaign has this expression already.")
