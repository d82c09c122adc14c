"""Writes of calls: bringing recordings in, running them again, changing what people may change.

Operations flush and never commit; the view, the command or the worker commits once.
"""

from callcoach.calls.operations.editing import (
    CallEdit,
    correct_turn,
    edit_call,
    log_access,
    require_visible,
    set_agent_channel,
    swap_channels,
)
from callcoach.calls.operations.excerpts import ensure_beeped, ensure_excerpt
from callcoach.calls.operations.importing import ImportOutcome, ImportResult, import_recording
from callcoach.calls.operations.judging import judge, require_judge, set_reason, withdraw_verdict
from callcoach.calls.operations.kinds import leave_kind_to_analysis, set_kind
from callcoach.calls.operations.lifecycle import (
    cancel_call,
    delete_audio,
    delete_call,
    purge_call,
    restore_call,
    retry_call,
    transcribe_again,
)
from callcoach.calls.operations.missed import mark_missed
from callcoach.calls.operations.tags import (
    Renamed,
    add_tag,
    remove_tag,
    rename_tag,
    undo_rename,
)

__all__ = [
    "CallEdit",
    "ImportOutcome",
    "ImportResult",
    "Renamed",
    "add_tag",
    "cancel_call",
    "correct_turn",
    "delete_audio",
    "delete_call",
    "edit_call",
    "ensure_beeped",
    "ensure_excerpt",
    "import_recording",
    "judge",
    "leave_kind_to_analysis",
    "log_access",
    "mark_missed",
    "purge_call",
    "remove_tag",
    "rename_tag",
    "require_judge",
    "require_visible",
    "restore_call",
    "retry_call",
    "set_agent_channel",
    "set_kind",
    "set_reason",
    "swap_channels",
    "transcribe_again",
    "undo_rename",
    "withdraw_verdict",
]
