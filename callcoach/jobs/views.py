"""No pages of its own: each room shows the work on its subjects (`callcoach.jobs.queries`)."""

from flask import Blueprint

bp = Blueprint("jobs", __name__)
