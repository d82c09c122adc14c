"""The blueprint of this room; its views register themselves on it."""

from flask import Blueprint

bp = Blueprint("team_life", __name__)
