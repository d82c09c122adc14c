"""The steps at which a worker is killed, apart from the module that only its victim loads."""

#: Where a call is when its worker dies, in the order of the work.
STEPS = (
    "decoding",
    "playback written, no row yet",
    "playback and peaks kept",
    "transcribing",
    "transcribed, not kept yet",
    "transcript kept, not analysed",
    "before the switch of the pointers",
    "ready",
)
