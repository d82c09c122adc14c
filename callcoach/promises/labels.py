"""Words of this room, used by every room above: kinds, disclosures, standings, states."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from callcoach.analysis.claims import Standing
from callcoach.campaigns.models import Disclosure, PromiseKind
from callcoach.promises.models import ProposalState

#: What a statement is, in the order in which a page lists them.
KINDS: Mapping[PromiseKind, LazyString] = {
    PromiseKind.DISCLOSURE: _l("To be said in the opening"),
    PromiseKind.POSITIONING: _l("Positioning"),
    PromiseKind.APPROVED: _l("May be said"),
    PromiseKind.CONDITIONAL: _l("With a condition"),
    PromiseKind.AMBIGUOUS: _l("Ambiguous"),
    PromiseKind.FORBIDDEN: _l("Forbidden"),
}

#: What each kind asks of a call, in a sentence.
KIND_MEANINGS: Mapping[PromiseKind, LazyString] = {
    PromiseKind.DISCLOSURE: _l("The law, or the sponsor, wants it said when the call opens."),
    PromiseKind.POSITIONING: _l("A word or phrase by which the offer wants to be known."),
    PromiseKind.APPROVED: _l("It may be said, in these words or an allowed nuance."),
    PromiseKind.CONDITIONAL: _l("It may be said only together with its condition."),
    PromiseKind.AMBIGUOUS: _l("It misleads as it stands: say what is meant instead."),
    PromiseKind.FORBIDDEN: _l("It is never said."),
}

#: A mark for each kind: never told by colour alone.
SIGNS: Mapping[PromiseKind, str] = {
    PromiseKind.DISCLOSURE: "§",
    PromiseKind.POSITIONING: "◆",
    PromiseKind.APPROVED: "✓",
    PromiseKind.CONDITIONAL: "✓…",
    PromiseKind.AMBIGUOUS: "?",
    PromiseKind.FORBIDDEN: "×",
}

DISCLOSURES: Mapping[Disclosure, LazyString] = {
    Disclosure.IDENTITY: _l("Who calls"),
    Disclosure.ON_BEHALF: _l("On whose behalf"),
    Disclosure.COMMERCIAL: _l("That the call is commercial"),
    Disclosure.RECORDING: _l("That the call is recorded"),
    Disclosure.OBJECTION: _l("That one may object"),
}

#: How a call stands to a statement that is to be said.
STANDINGS: Mapping[Standing, LazyString] = {
    Standing.FAITHFUL: _l("Faithful"),
    Standing.DISTORTED: _l("Distorted"),
    Standing.OVERPROMISED: _l("Over-promised"),
    Standing.OMITTED: _l("Omitted"),
    Standing.NOT_APPLICABLE: _l("Not applicable"),
}

#: Mark and word of a version.
STATES: Mapping[ProposalState, tuple[str, LazyString]] = {
    ProposalState.PROPOSED: ("◔", _l("Waits for the sponsor")),
    ProposalState.APPROVED: ("✓", _l("Approved")),
    ProposalState.DECLINED: ("↩", _l("Declined")),
    ProposalState.WITHDRAWN: ("×", _l("Taken back")),
}
