"""How soon the review desk answers a key, on a call of one hour with 500 turns and 60 moments.

    python benchmarks/desk_keys.py [--rounds N] [--chromium PATH] [--slow FACTOR]

Makes such a call in a database of its own, serves it, opens it in Chromium and presses keys. For
each press, in frames of 16.7 ms: ``work``, the processor time of the page's main thread from the key
to the end of the first frame after it (scripts, style, layout, paint), which other programs on the
machine hardly change; and ``shown``, the time on the clock until then, which on an idle machine is the
work and the wait for the frame. The server's answer to a verdict comes later and is not waited for.
``--slow`` throttles the processor as a cheaper PC would be. Prints Markdown.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import flask_migrate
from playwright.sync_api import Browser, Page, sync_playwright

from callcoach.accounts.models import Role
from callcoach.app import create_app
from callcoach.calls.models import AnalysisRun, Call, TippingPoint, Transcript, Turn
from callcoach.config import Settings
from callcoach.extensions import db
from tests.coaching.browsing import Windows, add_sound, serving
from tests.conftest import ARGUMENTS, CHROMIUM
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call, spread_words, transcript_data

FRAME_MS = 1000 / 60
HOUR_MS = 3_600_000
TURNS, MOMENTS = 500, 60
#: Pressed in this order in each round: the moment, back and forth in it, a verdict, its undoing.
KEYS = ("n", "l", "j", "c", "z", "x", "z", "p", "n", " ", " ")
WORDS = (
    "alors nous ce que je vous propose c'est de regarder ensemble comment vos équipes clôturent "
    "le mois aujourd'hui et combien de jours cela leur prend avec vos outils actuels"
)

#: What the browser writes down while keys are pressed.
TRACED = ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel"]


def furnish(folder: Path) -> tuple[Any, int, int]:
    """The application on a new database, with a supervisor and the call: app, user, call."""
    settings = Settings.from_env({}, data_dir=folder / "data", production=False)
    app = create_app(settings, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False, TESTING=True)
    with app.app_context():
        flask_migrate.upgrade()
        team = create_team(name="Équipe")
        supervisor = create_user(Role.SUPERVISOR, teams=[team], name="Claire M.").id
        agent = create_user(Role.AGENT, teams=[team], name="Hanta R.")
        call = create_call("queued", team=team, agent=agent, duration_ms=HOUR_MS)
        add_hour(call)
        add_sound(call, folder)
        return app, supervisor, call.id


def add_hour(call: Call) -> None:
    """An analysis of `TURNS` turns in turn-taking, with `MOMENTS` flags spread over them."""
    transcript = Transcript(
        call_id=call.id, number=1, data=transcript_data(), language="fr", engine={}
    )
    db.session.add(transcript)
    db.session.flush()
    analysis = AnalysisRun(
        call_id=call.id,
        transcript_id=transcript.id,
        number=1,
        agent_channel=0,
        channels="stereo",
        engine={},
        figures={},
        engagement=[
            {"start_s": s, "end_s": s + 20.0, "value": 0.1, "low": -0.2, "high": 0.3}
            for s in map(float, range(0, HOUR_MS // 1000, 20))
        ],
    )
    step = HOUR_MS // TURNS
    for index in range(TURNS):
        channel = index % 2
        start_ms, end_ms = index * step, (index + 1) * step - 300
        analysis.turns.append(
            Turn(
                index=index,
                speaker="prospect" if channel else "agent",
                channel=channel,
                start_ms=start_ms,
                end_ms=end_ms,
                text=WORDS,
                words=spread_words(WORDS, start_ms, end_ms),
            )
        )
    for number in range(MOMENTS):
        index = 4 + 2 * (number * (TURNS - 8) // (2 * MOMENTS))
        analysis.tipping_points.append(
            TippingPoint(
                turn_index=index,
                channel=0,
                start_ms=index * step,
                end_ms=(index + 1) * step - 300,
                valence="negative" if number % 3 else "positive",
                cause="ignored_objection" if number % 3 else "open_question",
                severity=2,
                confidence=0.7,
                detector="D09",
                quote=WORDS[:60],
                evidence=[],
                explanation={"key": "ignored_objection.explanation", "values": {}},
                suggestion={"key": "ignored_objection.suggestion", "values": {}},
            )
        )
    db.session.add(analysis)
    db.session.flush()
    call.current_transcript_id = transcript.id
    call.current_analysis_id = analysis.id
    call.state = "ready"
    db.session.commit()


def measure(browser: Browser, page: Page, rounds: int, trace: Path) -> list[dict[str, Any]]:
    """Press `KEYS` so many times; work and time until shown of each, in milliseconds."""
    browser.start_tracing(page=page, path=str(trace), categories=TRACED)
    for _ in range(rounds):
        for key in KEYS:
            page.keyboard.press(key)
            page.wait_for_timeout(180)  # as quick as a hand; the answers of the server come in
    browser.stop_tracing()
    events = json.loads(trace.read_text())["traceEvents"]
    pressed = [event for event in events if _is_keydown(event)]
    main = [event for event in events if _thread(event) == _thread(pressed[0]) and "dur" in event]
    frames = sorted((e for e in main if e["name"] == "Commit"), key=lambda event: event["ts"])
    tasks = [event for event in main if event["name"] == "ThreadControllerImpl::RunTask"]
    measured = []
    for key, event in zip(KEYS * rounds, pressed, strict=True):
        start = event["ts"]
        frame = next((frame for frame in frames if frame["ts"] > start), None)
        if frame is None:
            continue  # the last key of all
        end = frame["ts"] + frame["dur"]
        work = sum(t.get("tdur", 0) for t in tasks if t["ts"] + t["dur"] > start and t["ts"] < end)
        measured.append({"key": key, "work": work / 1000, "shown": (end - start) / 1000})
    return measured


def _is_keydown(event: dict[str, Any]) -> bool:
    data = event.get("args", {}).get("data", {})
    return event["name"] == "EventDispatch" and data.get("type") == "keydown"


def _thread(event: dict[str, Any]) -> tuple[int, int]:
    return event["pid"], event["tid"]


def table(measured: Sequence[dict[str, Any]]) -> str:
    """Markdown: for each key the median and the 95th percentile, in frames."""
    lines = [
        "| key | presses | work, median | work, 95 % | shown, median | shown, 95 % |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    named = {" ": "space"}
    for key in [*dict.fromkeys(KEYS), "all"]:
        chosen = [item for item in measured if key in ("all", item["key"])]
        cells = []
        for what in ("work", "shown"):
            frames = [item[what] / FRAME_MS for item in chosen]
            cells += [statistics.median(frames), statistics.quantiles(frames, n=20)[-1]]
        name = "**all**" if key == "all" else f"`{named.get(key, key)}`"
        lines.append(f"| {name} | {len(chosen)} | " + " | ".join(f"{c:.2f}" for c in cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--chromium", default=CHROMIUM)
    parser.add_argument("--slow", type=float, default=1.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app, user_id, call_id = furnish(Path(folder))
        browser = playwright.chromium.launch(executable_path=options.chromium, args=ARGUMENTS)
        with serving(app) as url:
            windows = Windows(app, url, browser)
            page = windows.open_desk(user_id, call_id)
            if options.slow > 1:
                session = page.context.new_cdp_session(page)
                session.send("Emulation.setCPUThrottlingRate", {"rate": options.slow})
            measure(browser, page, 1, Path(folder) / "first.json")  # compiled, fetched, decoded
            measured = measure(browser, page, options.rounds, Path(folder) / "trace.json")
            print(table(measured))
            if windows.troubles:
                raise SystemExit("\n".join(windows.troubles))
            windows.close()
        browser.close()
        with app.app_context():
            db.engine.dispose()


if __name__ == "__main__":
    main()
