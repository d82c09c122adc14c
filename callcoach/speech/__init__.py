"""Sound in, words out: decoding, channels, voice activity, recognition, models, mono speakers.

Knows no Flask and no database. Audio inside is float32 in [-1, 1], 16 kHz unless a name says
otherwise; times are seconds from the start of the recording.
"""
