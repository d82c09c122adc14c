"""The pages of this room: its views register themselves on its blueprint when imported."""

from callcoach.script_library import (
    approval_views,
    editor_views,
    import_views,
    my_script_views,
    publishing_views,
    reading_views,
    script_views,
)
from callcoach.script_library.blueprint import bp

__all__ = [
    "approval_views",
    "bp",
    "editor_views",
    "import_views",
    "my_script_views",
    "publishing_views",
    "reading_views",
    "script_views",
]
