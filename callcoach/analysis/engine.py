"""The one entrance to the core: tracks and context in, a whole analysis out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callcoach.analysis.breaks import find_breaks
from callcoach.analysis.embedding import Embedder
from callcoach.analysis.endings import ending_of
from callcoach.analysis.engagement import engagement_curve, measures
from callcoach.analysis.figures import compute_figures
from callcoach.analysis.fusion import find_tipping_points
from callcoach.analysis.holds import find_holds
from callcoach.analysis.kind import classify_kind
from callcoach.analysis.model import CallAnalysis, CallContext, Channels, Track
from callcoach.analysis.scene import Scene
from callcoach.analysis.turns import build_conversation

#: Raised whenever the same input may give another result; kept with every stored analysis.
ANALYSIS_VERSION = 5


def analyse(
    tracks: Sequence[Track],
    *,
    duration_s: float,
    channels: Channels,
    agent_channel: int | None,
    context: CallContext | None = None,
    language: str = "fr",
    engine: Mapping[str, Any] | None = None,
    embedder: Embedder | None = None,
) -> CallAnalysis:
    """Analyse one call.

    Args:
        tracks: what recognition found, one per channel or per speaker; may be empty.
        duration_s: length of the recording, seconds.
        channels: what the file carries.
        agent_channel: 0 or 1 on separate channels; None when mixed (`Track.speaker` tells) or
            not known, in which case the speakers are unknown.
        context: campaign, persona, promises and script in force; its norms scale the curve.
        language: language spoken, "fr" or "en"; chooses the lexicons.
        engine: names and versions of what made the tracks, kept in the result.
        embedder: reads the meaning of sentences; without one words and spelling decide alone.

    Returns:
        An analysis whose figures are all present; without speech it has no turns, no engagement
        and no tipping points, and every figure gives its reason.
    """
    context = context or CallContext()
    conversation = build_conversation(
        tracks,
        duration_s=duration_s,
        agent_channel=agent_channel,
        separate=channels is Channels.STEREO,
    )
    scene = Scene(conversation, context, language, embedder=embedder)
    kind = classify_kind(
        conversation.turns,
        duration_s=duration_s,
        language=language,
        context=context,
        embedder=embedder,
    )
    engagement = engagement_curve(scene, ending_of(scene, kind.kind))
    points = find_tipping_points(scene, engagement)
    return CallAnalysis(
        duration_s=duration_s,
        channels=channels,
        agent_channel=agent_channel,
        engine={
            **(engine or {}),
            "analysis": ANALYSIS_VERSION,
            "language": language,
            "meaning": embedder.name if embedder else "",
            "tuning": context.tuning.fingerprint,
            "norms": context.norms.calls,
        },
        turns=conversation.turns,
        figures=compute_figures(conversation),
        engagement=engagement,
        tipping_points=points,
        kind=kind,
        breaks=find_breaks(scene, points),
        holds=find_holds(scene),
        participation=measures(scene),
    )
