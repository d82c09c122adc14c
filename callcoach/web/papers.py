"""PDF papers, set by Typst from templates in ``templates/papers`` and plain data.

Data reaches a template as JSON and is shown as text, so that nothing a person wrote is ever read as
markup. Fonts are those that Typst carries: a paper looks the same on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import typst

from callcoach.config import TEMPLATES_DIR


def compile_paper(name: str, data: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """The PDF of ``templates/papers/<name>.typ`` filled with `data`.

    Args:
        name: of the template.
        data: JSON types; strings are shown as they are.
        made_at: kept in the document's properties, so that the same data gives the same bytes.

    Raises:
        FileNotFoundError: there is no such template.
    """
    folder = TEMPLATES_DIR / "papers"
    template = folder / f"{name}.typ"
    if not template.is_file():
        raise FileNotFoundError(template)
    # `sys_inputs` takes strings only; JSON escapes what the command line could not carry
    found = typst.compile(
        template,
        root=folder,
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(dict(data), ensure_ascii=False)},
        timestamp=int(made_at.timestamp()),
    )
    assert isinstance(found, bytes)  # one paper, not pages
    return found
