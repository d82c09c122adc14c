"""The pages of this room: its views register themselves on its blueprint when imported."""

from callcoach.script_library import editor_views, import_views, reading_views, script_views
from callcoach.script_library.blueprint import bp

__all__ = ["bp", "editor_views", "import_views", "reading_views", "script_views"]
