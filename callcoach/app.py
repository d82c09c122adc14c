"""The application factory: the one place that knows every room."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy.engine import make_url
from werkzeug.middleware.proxy_fix import ProxyFix

from callcoach import extensions, web
from callcoach.accounts import people_views
from callcoach.accounts import session as accounts_session
from callcoach.accounts import views as accounts_views
from callcoach.audits import models as audits_models  # noqa: F401 - its tables
from callcoach.audits import views as audits_views
from callcoach.calls import views as calls_views
from callcoach.campaigns import views as campaigns_views
from callcoach.coaching import models as coaching_models  # noqa: F401 - its tables
from callcoach.coaching import views as coaching_views
from callcoach.config import MIGRATIONS_DIR, TEMPLATES_DIR, Settings
from callcoach.debriefs import models as debriefs_models  # noqa: F401 - its tables
from callcoach.debriefs import views as debriefs_views
from callcoach.drills import views as drills_views
from callcoach.expressions import views as expressions_views
from callcoach.field_reports import views as field_reports_views
from callcoach.incidents import models as incidents_models  # noqa: F401 - its tables
from callcoach.incidents import views as incidents_views
from callcoach.jobs import registry as jobs_registry
from callcoach.jobs import views as jobs_views
from callcoach.learning import models as learning_models  # noqa: F401 - its tables
from callcoach.learning import views as learning_views
from callcoach.lessons import models as lessons_models  # noqa: F401 - its tables
from callcoach.lessons import views as lessons_views
from callcoach.notices import views as notices_views
from callcoach.privacy import models as privacy_models  # noqa: F401 - its tables
from callcoach.privacy import views as privacy_views
from callcoach.progress import views as progress_views
from callcoach.promises import models as promises_models  # noqa: F401 - its tables
from callcoach.promises import views as promises_views
from callcoach.script_fit import views as script_fit_views
from callcoach.script_library import views as script_library_views
from callcoach.search import views as search_views
from callcoach.sponsors import views as sponsors_views
from callcoach.team_life import models as team_life_models  # noqa: F401 - its tables
from callcoach.team_life import views as team_life_views
from callcoach.trials import views as trials_views
from callcoach.tuning import models as tuning_models  # noqa: F401 - its tables

#: Rooms with pages, in the order in which their blueprints are registered.
_VIEWS = (
    accounts_views,
    people_views,
    campaigns_views,
    script_library_views,
    calls_views,
    search_views,
    learning_views,
    coaching_views,
    drills_views,
    progress_views,
    script_fit_views,
    expressions_views,
    trials_views,
    field_reports_views,
    debriefs_views,
    lessons_views,
    team_life_views,
    promises_views,
    privacy_views,
    incidents_views,
    audits_views,
    sponsors_views,
    notices_views,
    jobs_views,
)

#: Modules that register background tasks; light to import (see `callcoach.jobs.registry`).
_TASK_MODULES: tuple[str, ...] = (
    "callcoach.calls.tasks",
    "callcoach.calls.beeped_tasks",
    "callcoach.search.tasks",
    "callcoach.learning.tasks",
    "callcoach.coaching.tasks",
    "callcoach.notices.tasks",
    "callcoach.drills.tasks",
    "callcoach.script_library.tasks",
    "callcoach.script_fit.tasks",
    "callcoach.expressions.tasks",
    "callcoach.trials.tasks",
    "callcoach.debriefs.tasks",
    "callcoach.debriefs.effect_tasks",
    "callcoach.debriefs.planning_tasks",
    "callcoach.privacy.tasks",
    "callcoach.promises.checking_tasks",
    "callcoach.promises.tasks",
    "callcoach.incidents.tasks",
    "callcoach.sponsors.tasks",
)


def create_app(settings: Settings | None = None, **flask_config: Any) -> Flask:
    """Build the application.

    Args:
        settings: read from the environment when not given.
        **flask_config: Flask configuration on top, for tests.
    """
    settings = settings or Settings.from_env()
    settings.ensure_data_dir()
    app = Flask("callcoach", template_folder=str(TEMPLATES_DIR), static_folder="static")
    app.config.update(
        SECRET_KEY=settings.resolve_secret_key(),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings.database_url),
        MAX_CONTENT_LENGTH=(settings.max_megabytes + 1) * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_NAME="callcoach",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        BABEL_DEFAULT_LOCALE="fr",
        BABEL_DEFAULT_TIMEZONE="Europe/Paris",
        BABEL_TRANSLATION_DIRECTORIES="translations",
        RATELIMIT_STORAGE_URI=settings.ratelimit_storage,
        RATELIMIT_HEADERS_ENABLED=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.config.update(flask_config)
    app.extensions["callcoach"] = settings
    if hops := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    extensions.db.init_app(app)
    extensions.migrate.init_app(app, extensions.db, directory=str(MIGRATIONS_DIR))
    extensions.csrf.init_app(app)
    extensions.limiter.init_app(app)
    accounts_session.init_app(app)
    web.init_app(app)
    jobs_registry.load_task_modules((*_TASK_MODULES, *settings.task_modules))
    for views in _VIEWS:
        app.register_blueprint(views.bp)
    return app


def _engine_options(url: str) -> dict[str, Any]:
    """Connections that notice a restarted server; an error that names no words of notes and calls,
    which it would carry into the log.
    """
    is_sqlite = make_url(url).get_backend_name() == "sqlite"
    return {"hide_parameters": True} | ({} if is_sqlite else {"pool_pre_ping": True})
