"""The pages of this room: its views register themselves on its blueprint when imported."""

from callcoach.trials import my_views, plan_views, script_panels, subscribers, trial_views
from callcoach.trials.blueprint import bp

__all__ = ["bp", "my_views", "plan_views", "script_panels", "subscribers", "trial_views"]
