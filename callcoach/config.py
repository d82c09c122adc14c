"""Settings, read once from the environment into a frozen, typed object.

Every setting has a working default; `CALLCOACH_DATA` (the data folder) is the one most floors
set. Secrets never appear in `repr` or logs.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from callcoach.errors import InvalidInput

#: Longest recording taken, in hours.
DEFAULT_MAX_HOURS = 4.0
#: Largest file taken: four hours of 16-bit stereo at 48 kHz are 2.8 GB; telephony is far below.
DEFAULT_MAX_MEGABYTES = 1024


def _packaged(name: str) -> Path:
    """A folder that lies beside this package in a wheel, one level up in a checkout."""
    here = Path(__file__).resolve().parent
    inside = here / name
    return inside if inside.is_dir() else here.parent / name


TEMPLATES_DIR = _packaged("templates")
MIGRATIONS_DIR = _packaged("migrations")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one installation.

    Args:
        data_dir: where everything this installation keeps lies.
        database_url: SQLAlchemy URL; SQLite in the data folder by default.
        queue_url: ``""`` for the embedded queue (SQLite), else ``redis://…``.
        storage_url: fsspec URL of the recordings; ``""`` for ``data_dir/files``.
        model: speech model, a name or a path.
        production: refuses demo users and insecure cookies without being told.
        secure_cookies: cookies over HTTPS only.
        secret_key: signs sessions; generated into the data folder at first start.
        max_hours, max_megabytes: bounds of one recording.
        import_timezone: zone of import times that carry none (IANA name).
        filename_patterns: more file-name patterns, beside the built-in ones (regular
            expressions with named groups; see `callcoach.calls.filenames`).
        worker_threads: jobs that one worker runs side by side.
        cpu_threads: threads of one recognition; 0 lets the engine choose.
        trusted_proxies: reverse proxies in front; their word on address and scheme is taken.
            Without it, a whole floor behind a proxy counts as one address at sign-in.
        ratelimit_storage: where sign-in attempts are counted (``limits`` URL).
        job_lease_s: silence after which a worker is taken for dead and its job given to another.
        job_heartbeat_s: time between two signs of life of a running job.
        job_sweep_s: time between two searches for jobs that nobody works on.
        job_backoff_s: wait before the first retry; doubles with each.
        job_drain_s: how long a worker told to stop lets its jobs finish before it hands them back.
        task_modules: more modules that register tasks.
        smtp_url: where e-mail leaves: ``smtp://user:secret@host:587`` (STARTTLS where the server
            offers it), ``smtps://…:465``; "" sends none.
        mail_from: sender's address.
        public_url: the address people open, without a slash at its end; links in e-mails begin
            with it.
    """

    data_dir: Path
    database_url: str
    queue_url: str = ""
    storage_url: str = ""
    model: str = "base"
    production: bool = True
    secure_cookies: bool = False
    secret_key: str = field(default="", repr=False)
    max_hours: float = DEFAULT_MAX_HOURS
    max_megabytes: int = DEFAULT_MAX_MEGABYTES
    import_timezone: str = "Europe/Paris"
    filename_patterns: tuple[str, ...] = ()
    worker_threads: int = 1
    cpu_threads: int = 0
    ratelimit_storage: str = "memory://"
    trusted_proxies: int = 0
    job_lease_s: float = 45.0
    job_heartbeat_s: float = 10.0
    job_sweep_s: float = 10.0
    job_backoff_s: float = 15.0
    job_drain_s: float = 20.0
    task_modules: tuple[str, ...] = ()
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    public_url: str = ""

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None, **overrides: Any) -> Self:
        """Read ``CALLCOACH_…`` variables.

        Raises:
            InvalidInput: a value cannot be read; the message names the variable.
        """
        env = os.environ if env is None else env
        data_dir = Path(overrides.pop("data_dir", None) or env.get("CALLCOACH_DATA") or "data")
        data_dir = data_dir.expanduser().resolve()
        values: dict[str, Any] = {
            "data_dir": data_dir,
            "database_url": env.get("CALLCOACH_DATABASE_URL")
            or f"sqlite:///{data_dir / 'callcoach.db'}",
            "queue_url": env.get("CALLCOACH_QUEUE_URL", ""),
            "storage_url": env.get("CALLCOACH_STORAGE_URL", ""),
            "model": env.get("CALLCOACH_MODEL") or "base",
            "production": _flag(env, "CALLCOACH_PRODUCTION", default=True),
            "secure_cookies": _flag(env, "CALLCOACH_SECURE_COOKIES", default=False),
            "secret_key": env.get("CALLCOACH_SECRET_KEY", ""),
            "max_hours": _number(env, "CALLCOACH_MAX_HOURS", DEFAULT_MAX_HOURS),
            "max_megabytes": int(_number(env, "CALLCOACH_MAX_MEGABYTES", DEFAULT_MAX_MEGABYTES)),
            "import_timezone": env.get("CALLCOACH_IMPORT_TIMEZONE") or "Europe/Paris",
            "filename_patterns": tuple(
                line for line in env.get("CALLCOACH_FILENAME_PATTERNS", "").splitlines() if line
            ),
            "worker_threads": int(_number(env, "CALLCOACH_WORKER_THREADS", 1)),
            "cpu_threads": int(_number(env, "CALLCOACH_CPU_THREADS", 0)),
            "trusted_proxies": int(_number(env, "CALLCOACH_TRUSTED_PROXIES", 0)),
            "ratelimit_storage": env.get("CALLCOACH_RATELIMIT_STORAGE") or "memory://",
            "job_lease_s": _number(env, "CALLCOACH_JOB_LEASE", 45.0),
            "job_heartbeat_s": _number(env, "CALLCOACH_JOB_HEARTBEAT", 10.0),
            "job_sweep_s": _number(env, "CALLCOACH_JOB_SWEEP", 10.0),
            "job_backoff_s": _number(env, "CALLCOACH_JOB_BACKOFF", 15.0),
            "job_drain_s": _number(env, "CALLCOACH_JOB_DRAIN", 20.0),
            "smtp_url": _mail_server(env.get("CALLCOACH_SMTP_URL", "")),
            "mail_from": env.get("CALLCOACH_MAIL_FROM", ""),
            "public_url": env.get("CALLCOACH_PUBLIC_URL", "").rstrip("/"),
            "task_modules": tuple(env.get("CALLCOACH_TASK_MODULES", "").replace(",", " ").split()),
        }
        values.update(overrides)
        settings = cls(**values)
        if settings.smtp_url and not (settings.mail_from and settings.public_url):
            raise InvalidInput(
                "CALLCOACH_SMTP_URL is set: set CALLCOACH_MAIL_FROM and CALLCOACH_PUBLIC_URL too."
            )
        return settings

    def ensure_data_dir(self) -> None:
        """Create the data folder, readable by its owner only."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)

    def resolve_secret_key(self) -> str:
        """The given key, else the one kept in the data folder, made at first use.

        Two processes that start together agree: the file is created exclusively.
        """
        if self.secret_key:
            return self.secret_key
        self.ensure_data_dir()
        path = self.data_dir / "secret_key"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        with os.fdopen(descriptor, "w") as file:
            key = secrets.token_hex(32)
            file.write(key)
        return key


def _flag(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    raw = env.get(name, "").strip().lower()
    if not raw:
        return default
    if raw in ("1", "true", "yes", "on"):
        return True
    if raw in ("0", "false", "no", "off"):
        return False
    raise InvalidInput("%(name)s is %(value)r; write 1 or 0.", name=name, value=raw)


def _mail_server(raw: str) -> str:
    """Checked here so that a mistake shows at start; the value may hold a secret and is not said."""
    if not raw:
        return ""
    try:
        parts = urlsplit(raw)
        well = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0
    except ValueError:
        well = False
    if not well:
        raise InvalidInput("CALLCOACH_SMTP_URL cannot be read; write smtp://user:secret@host:587.")
    return raw


def _number(env: Mapping[str, str], name: str, default: float) -> float:
    raw = env.get(name, "").strip()
    if not raw:
        return default
    try:
        value = float(raw)
    except ValueError:
        raise InvalidInput("%(name)s is %(value)r; write a number.", name=name, value=raw) from None
    if value < 0:
        raise InvalidInput("%(name)s is %(value)s; write a number from 0.", name=name, value=raw)
    return value
