"""Words of this room: sections, states, what was done and what differs, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _

from callcoach.errors import N_
from callcoach.script_library.changes import What
from callcoach.script_library.document import Address, Section, SectionKind
from callcoach.script_library.models import DecisionKind, VersionState

_KINDS = {
    SectionKind.OPENING: N_("Opening"),
    SectionKind.REASON: N_("Reason for the call"),
    SectionKind.DISCOVERY: N_("Discovery questions"),
    SectionKind.ARGUMENT: N_("Argument"),
    SectionKind.OBJECTION: N_("Objections"),
    SectionKind.CLOSING: N_("Closing"),
    SectionKind.VOICEMAIL: N_("Voicemail"),
    SectionKind.RECEPTIONIST: N_("Receptionist"),
}
#: Mark and word of a state: never told by colour alone.
_STATES = {
    VersionState.DRAFT: ("✎", N_("Draft")),
    VersionState.SUBMITTED: ("◔", N_("Waits for the sponsor")),
    VersionState.APPROVED: ("✓", N_("Published")),
    VersionState.RETIRED: ("×", N_("Retired")),
}
_ADDRESS = {
    Address.UNSAID: N_("Not said"),
    Address.VOUS: "vous",
    Address.TU: "tu",
}
_ACTIONS = {
    "line_changed": N_("Changed a line"),
    "line_added": N_("Added a line"),
    "line_removed": N_("Removed a line"),
    "line_moved": N_("Moved a line"),
    "section_added": N_("Added a section"),
    "section_changed": N_("Changed a section"),
    "section_removed": N_("Removed a section"),
    "section_moved": N_("Moved a section"),
    "imported": N_("Imported a text"),
    "restored": N_("Brought a former version back"),
    "merged": N_("Took a request in"),
    "undone": N_("Took a change back"),
}
_DECISIONS = {
    DecisionKind.APPROVED: N_("Approved"),
    DecisionKind.SENT_BACK: N_("Sent back"),
    DecisionKind.SUSPENDED: N_("Suspended"),
}
_WHAT = {
    What.TEXT: N_("Wording"),
    What.VARIANT_ADDED: N_("New variant"),
    What.VARIANT_REMOVED: N_("Variant taken out"),
    What.VARIANT_TEXT: N_("Variant"),
    What.ADDRESS: N_("Form of address"),
    What.PACE: N_("Pace and pauses"),
    What.USE: N_("Words to use"),
    What.AVOID: N_("Words to avoid"),
    What.ANSWERS: N_("Objection that it answers"),
    What.PROMISE: N_("Promise that it serves"),
    What.DISCLOSURE: N_("Required by law"),
    What.REQUIRED: N_("Said in every conversation"),
}


def kind_label(kind: SectionKind | str) -> str:
    """What part of the call."""
    return str(_(_KINDS[SectionKind(kind)]))


def kind_choices() -> list[tuple[str, str]]:
    """Kinds of sections with their names, in the order of a call."""
    return [(kind.value, kind_label(kind)) for kind in SectionKind]


def section_title(section: Section) -> str:
    """Its own title, or the name of its kind."""
    return section.title or kind_label(section.kind)


def state_mark(state: VersionState | str) -> tuple[str, str]:
    """A sign and a word."""
    sign, word = _STATES[VersionState(state)]
    return sign, str(_(word))


def address_choices() -> list[tuple[str, str]]:
    """Ways to address somebody; "vous" and "tu" are said in every language."""
    return [
        (each.value, str(_(word)) if each is Address.UNSAID else word)
        for each, word in _ADDRESS.items()
    ]


def action_label(action: str) -> str:
    """What an edit did."""
    return str(_(_ACTIONS[action])) if action in _ACTIONS else action


def decision_label(kind: DecisionKind | str) -> str:
    """What the sponsor said."""
    return str(_(_DECISIONS[DecisionKind(kind)]))


def what_label(what: What) -> str:
    """What of a line differs."""
    return str(_(_WHAT[what]))
