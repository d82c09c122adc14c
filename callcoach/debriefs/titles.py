"""What items are called before everybody."""

from __future__ import annotations

from flask_babel import gettext as _

from callcoach.debriefs.models import AgendaItem, ItemKind
from callcoach.errors import N_

KIND_WORDS = {
    ItemKind.MOMENT: N_("A moment of a call"),
    ItemKind.THEME: N_("A theme"),
    ItemKind.PROGRESS: N_("Progress to celebrate"),
    ItemKind.OBJECTIVE: N_("An objective"),
    ItemKind.SCRIPT: N_("The script"),
    ItemKind.DRILL: N_("A drill together"),
}


def shown_title(item: AgendaItem, *, is_open: bool) -> str:
    """What an item goes by. A title may say what happened: a moment that asks goes by its kind until
    it is revealed.
    """
    if is_open or item.kind != ItemKind.MOMENT:
        return item.title
    return _(KIND_WORDS[ItemKind.MOMENT])
