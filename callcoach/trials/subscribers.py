"""What this room learns from calls: their words, kind, agent, campaign or outcome changed."""

from __future__ import annotations

from callcoach.calls.events import on_details_changed, on_words_changed
from callcoach.calls.models import Call
from callcoach.extensions import db
from callcoach.script_library.events import on_put_in_force, on_release_ended
from callcoach.script_library.models import ScriptRelease
from callcoach.trials.operations.counting import count_call
from callcoach.trials.operations.leading import end_if_overtaken
from callcoach.trials.queries import running_of


@on_words_changed
def call_was_read(call: Call) -> None:
    """What was said is what the newest transcript says, with people's corrections."""
    count_call(call)


@on_details_changed
def call_was_described(call: Call) -> None:
    """It may belong to another agent-day, to none, or have come out otherwise."""
    count_call(call)


@on_put_in_force
def words_were_put_in_force(release: ScriptRelease) -> None:
    """A trial against words that are not said any more ends."""
    _end_overtaken(release)


@on_release_ended
def words_were_taken_back(release: ScriptRelease) -> None:
    """The same where a version was withdrawn, or suspended by the sponsor."""
    _end_overtaken(release)


def _end_overtaken(release: ScriptRelease) -> None:
    db.session.flush()
    for trial in running_of(release.version.script_id, release.team_id):
        end_if_overtaken(trial)
