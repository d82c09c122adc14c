"""The blueprint of this room; its views register themselves on it."""

from flask import Blueprint

bp = Blueprint("privacy", __name__)
