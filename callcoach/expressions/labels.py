"""How kinds of expressions and ways of finding them are said; message ids, translated where shown."""

from __future__ import annotations

from callcoach.analysis.expressions import How
from callcoach.errors import N_
from callcoach.script_library.models import ExpressionKind

#: kind -> its name in a list.
KINDS = {
    ExpressionKind.FORBIDDEN: N_("Forbidden"),
    ExpressionKind.AMBIGUOUS: N_("Ambiguous"),
    ExpressionKind.PREFER: N_("To prefer"),
    ExpressionKind.DECODED: N_("Decoded"),
}
#: kind -> what it is.
KIND_HINTS = {
    ExpressionKind.FORBIDDEN: N_("The agent does not say it."),
    ExpressionKind.AMBIGUOUS: N_("The agent does not say it without making clear what is meant."),
    ExpressionKind.PREFER: N_("The agent had better say it so."),
    ExpressionKind.DECODED: N_("A prospect says it and often means something else."),
}
#: kind -> what the answer is called.
INSTEAD = {
    ExpressionKind.FORBIDDEN: N_("Say instead"),
    ExpressionKind.AMBIGUOUS: N_("Say instead"),
    ExpressionKind.PREFER: N_("How to say it"),
    ExpressionKind.DECODED: N_("What to answer"),
}
#: kind -> what is heard in it.
HEARS = {
    ExpressionKind.FORBIDDEN: N_("What the prospect hears"),
    ExpressionKind.AMBIGUOUS: N_("What the prospect hears"),
    ExpressionKind.PREFER: N_("What the prospect hears"),
    ExpressionKind.DECODED: N_("What it often means"),
}
#: kind -> (sign, look of its chip): never told by colour alone.
SIGNS = {
    ExpressionKind.FORBIDDEN: ("×", "break"),
    ExpressionKind.AMBIGUOUS: ("?", ""),
    ExpressionKind.PREFER: ("✓", "click"),
    ExpressionKind.DECODED: ("≈", "prospect"),
}
#: How a phrase was found; nothing is said of an exact one.
HOWS = {
    How.EXACT: "",
    How.INFLECTED: N_("in another form"),
    How.GAPPED: N_("with words between"),
    How.NEAR: N_("perhaps misheard"),
}
#: What was done, in the history.
ACTIONS = {
    "added": N_("added"),
    "changed": N_("changed"),
    "removed": N_("put aside"),
    "restored": N_("brought back"),
    "undone": N_("change taken back"),
    "spoken": N_("voice recorded"),
    "unspoken": N_("voice removed"),
}
