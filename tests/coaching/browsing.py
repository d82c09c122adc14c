"""A served application and windows on it, for tests of what scripts do on the desk."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from flask import Flask
from flask_login.utils import _create_identifier
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from callcoach.accounts.models import User
from callcoach.calls.models import Call
from callcoach.extensions import db
from callcoach.storage.operations import put_file
from tests.factories.sounds import write_pcm_wav


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Answer on a free port of this machine while the block runs; gives the address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@dataclass
class Windows:
    """Browser windows on a served application, each with somebody signed in."""

    app: Flask
    url: str
    chromium: Browser
    opened: list[BrowserContext] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    #: What axe does itself: it tries styles, which our policy refuses it, and says so when it likes.
    excused: str = ""

    def open(self, user_id: int, path: str, *, phone: bool = False, scheme: str = "light") -> Page:
        """A window of its own on `path`."""
        size = {"width": 390, "height": 844} if phone else {"width": 1366, "height": 768}
        context = self.chromium.new_context(
            viewport=size,
            color_scheme=scheme,
            has_touch=phone,
            base_url=self.url,
            locale="fr-FR",
            reduced_motion="reduce",
        )
        self.opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(f"uncaught: {error}"))
        page.on(
            "console",
            lambda message: (
                self.troubles.append(message.text)
                if "Content Security" in message.text and not self._is_excused(message.text)
                else None
            ),
        )
        context.add_cookies([self._cookie(user_id, page.evaluate("navigator.userAgent"))])
        page.goto(path)
        return page

    def open_desk(self, user_id: int, call_id: int, query: str = "", **options: object) -> Page:
        """A window on a call, once its scripts are there."""
        page = self.open(user_id, f"/calls/{call_id}{query}", **options)  # type: ignore[arg-type]
        page.wait_for_selector("[data-call-desk][data-mounted]")
        return page

    def _is_excused(self, text: str) -> bool:
        return bool(self.excused) and self.excused in text

    def close(self) -> None:
        for context in self.opened:
            context.close()

    def _cookie(self, user_id: int, agent: str) -> dict[str, str]:
        """What signing in would set; session protection compares the browser's name."""
        with self.app.app_context():
            session_id = db.session.get_one(User, user_id).get_id()
        environ = {"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": agent}
        with self.app.test_request_context(environ_base=environ):
            facts = {"_user_id": session_id, "_fresh": True, "_id": _create_identifier()}
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        name = self.app.config["SESSION_COOKIE_NAME"]
        return {"name": name, "value": signer.dumps(facts), "url": self.url}


def add_sound(call: Call, folder: Path) -> None:
    """A quiet tone as long as the call, to be played."""
    rate_hz = 8000
    times = np.arange(round(call.duration_ms / 1000 * rate_hz)) / rate_hz
    tone = (0.1 * np.sin(2 * np.pi * 220 * times)).astype(np.float32)
    path = write_pcm_wav(folder / f"tone-{call.id}.wav", tone[np.newaxis], rate_hz)
    assert call.recording is not None
    call.recording.playback = put_file(
        io.BytesIO(path.read_bytes()), kind="playback", media_type="audio/wav"
    )
    db.session.commit()


OpenDesk = Callable[..., Page]
