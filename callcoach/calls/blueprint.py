"""The blueprint of this room; its pages are in the modules named ``…views``."""

from flask import Blueprint

bp = Blueprint("calls", __name__)
