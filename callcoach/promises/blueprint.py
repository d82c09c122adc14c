"""The blueprint of this room; its views register themselves on it."""

from flask import Blueprint

bp = Blueprint("promises", __name__)
