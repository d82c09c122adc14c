"""The first calls that use a wording the client approved."""

from __future__ import annotations

from flask import jsonify, render_template
from flask.typing import ResponseReturnValue

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.audits.models import WordingCall
from callcoach.sponsors import log, queries, sounds, wording_presenters, wordings
from callcoach.sponsors.blueprint import bp
from callcoach.sponsors.naming import ensure_aliases
from callcoach.sponsors.portal_views import frame
from callcoach.sponsors.queries import Content
from callcoach.web.requests import is_seen


@bp.get("/portal/campaigns/<int:campaign_id>/wordings")
def list_wordings(campaign_id: int) -> ResponseReturnValue:
    """Newly approved wordings, those for which calls are still looked for among them."""
    viewer = current_viewer()
    campaign = queries.get_campaign(viewer, campaign_id)
    html = render_template(
        "sponsors/wordings.html",
        **frame(viewer, campaign, "wordings"),
        draws=[wording_presenters.draw_row(draw) for draw in queries.draws_of(campaign)],
    )
    if is_seen():
        log.write_after_reading(viewer, campaign, "opened", "campaign", campaign_id)
    return html


@bp.get("/portal/wordings/<int:draw_id>")
def show_wording(draw_id: int) -> ResponseReturnValue:
    """The drawn calls of one wording: "5 drawn of 23 calls that say it"."""
    viewer = current_viewer()
    draw = queries.get_draw(viewer, draw_id)
    campaign = draw.campaign
    ensure_aliases(campaign.sponsor_id, [one.call.agent_id for one in draw.calls])
    contents = {one.id: wordings.content_of(viewer, one) for one in draw.calls}
    html = render_template(
        "sponsors/wording.html",
        **frame(viewer, campaign, "wordings"),
        draw=wording_presenters.draw_row(draw),
        calls=[
            wording_presenters.drawn_view(one, number, contents[one.id])
            for number, one in enumerate(draw.calls, start=1)
        ],
        has_agent_voice=campaign.portal_agent_voice,
        language=campaign.language,
    )
    wanted = [
        sounds.stretch_of(content, one.start_ms, one.end_ms)
        for one in draw.calls
        if (content := contents[one.id]) is not None
    ]
    log.write_after_reading(viewer, campaign, "wording", "wording_draw", draw_id)
    if is_seen():
        sounds.ask_for(wanted)
    return html


@bp.get("/portal/wordings/calls/<int:wording_call_id>")
def show_wording_call(wording_call_id: int) -> ResponseReturnValue:
    """A drawn call whole, redacted."""
    viewer = current_viewer()
    drawn, content = _opened(viewer, wording_call_id)
    draw = drawn.draw
    campaign = draw.campaign
    html = render_template(
        "sponsors/wording_call.html",
        **frame(viewer, campaign, "wordings"),
        draw=wording_presenters.draw_row(draw),
        drawn=wording_presenters.drawn_view(drawn, draw.calls.index(drawn) + 1, content),
        turns=wording_presenters.whole_turns(drawn, content),
        duration_ms=drawn.call.duration_ms,
        findings=[],
        sound=(
            sounds.whole_view(content, "sponsors.wording_audio", wording_call_id=drawn.id)
            if content is not None
            else None
        ),
        has_agent_voice=campaign.portal_agent_voice,
        language=campaign.language,
    )
    log.write_after_reading(viewer, campaign, "wording_call", "wording_call", wording_call_id)
    return html


@bp.get("/portal/wordings/calls/<int:wording_call_id>/audio")
def wording_audio(wording_call_id: int) -> ResponseReturnValue:
    """The beeped sound of a drawn call."""
    viewer = current_viewer()
    content = queries.require_content(_opened(viewer, wording_call_id)[1])
    file = sounds.find_whole(content)
    return sounds.serve(viewer, content, file, "wording_heard", ("wording_call", wording_call_id))


@bp.get("/portal/wordings/calls/<int:wording_call_id>/audio/state")
def wording_audio_status(wording_call_id: int) -> ResponseReturnValue:
    """Whether that sound is written (``state``)."""
    content = queries.require_content(_opened(current_viewer(), wording_call_id)[1])
    view = sounds.whole_view(content, "sponsors.wording_audio", wording_call_id=wording_call_id)
    return jsonify(state=view.state)


@bp.get("/portal/wordings/calls/<int:wording_call_id>/moment")
def wording_moment(wording_call_id: int) -> ResponseReturnValue:
    """The beeped sound around the wording."""
    viewer = current_viewer()
    drawn, opened = _opened(viewer, wording_call_id)
    content = queries.require_content(opened)
    file = sounds.find(content, sounds.stretch_of(content, drawn.start_ms, drawn.end_ms))
    return sounds.serve(viewer, content, file, "wording_heard", ("wording_call", wording_call_id))


@bp.get("/portal/wordings/calls/<int:wording_call_id>/moment/state")
def wording_moment_status(wording_call_id: int) -> ResponseReturnValue:
    """Whether that sound is written (``state``)."""
    drawn, opened = _opened(current_viewer(), wording_call_id)
    view = wording_presenters.moment_sound(drawn, queries.require_content(opened))
    return jsonify(state=view.state)


def _opened(viewer: Viewer, wording_call_id: int) -> tuple[WordingCall, Content | None]:
    """A drawn call, and what of it may be shown."""
    drawn = queries.get_wording_call(viewer, wording_call_id)
    ensure_aliases(drawn.draw.campaign.sponsor_id, [drawn.call.agent_id])
    drawn = queries.get_wording_call(viewer, wording_call_id)
    return drawn, wordings.content_of(viewer, drawn)
