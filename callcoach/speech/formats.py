"""What a file is, judged by its first bytes alone, never by its name.

The result chooses the one demultiplexer that may open the file: a text file posing as sound can
make a decoder library probe its playlist readers and open the file's neighbours.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from callcoach.speech.rejections import rejected

#: Enough for every signature, three MP3 frames and a judgement on text.
HEAD_BYTES = 16 * 1024
#: A GSM 06.10 frame is 33 bytes whose first half-byte is always 0xD (RFC 3551 §4.5.8).
GSM_FRAME_BYTES = 33
#: MP3 recorders may leave stray bytes before the first frame; further in it is not an MP3.
MP3_SEARCH_BYTES = 4096

_PLAYLISTS = (
    b"#extm3u",
    b"ffconcat",
    b"[playlist]",
    b"[reference]",
    b"<asx",
    b"<smil",
    b"<?wpl",
    b"file '",
    b'file "',
    b"<mpd",
    b"#ext-x-",
)
_MP4_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_BITRATES_KBPS = {
    # (MPEG-1?, layer) -> kbit/s by index, ISO 11172-3 and 13818-3
    (True, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 3): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES_HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


@dataclass(frozen=True, slots=True)
class Format:
    """A container that may be opened.

    Args:
        name: stable word, stored with the recording: wav, mp3, ogg, mp4, flac, webm, gsm, amr, aac.
        demuxer: FFmpeg's name of the only demultiplexer allowed to open it.
        label: how to say it in a sentence.
    """

    name: str
    demuxer: str
    label: str


WAV = Format("wav", "wav", "WAV")
MP3 = Format("mp3", "mp3", "MP3")
OGG = Format("ogg", "ogg", "Ogg")
MP4 = Format("mp4", "mov", "M4A")
FLAC = Format("flac", "flac", "FLAC")
WEBM = Format("webm", "matroska", "WebM")
GSM = Format("gsm", "gsm", "GSM")
AMR = Format("amr", "amr", "AMR")
AAC = Format("aac", "aac", "AAC")
FORMATS = {item.name: item for item in (WAV, MP3, OGG, MP4, FLAC, WEBM, GSM, AMR, AAC)}


@dataclass(frozen=True, slots=True)
class Mp3Frame:
    """One MPEG audio frame header: `size_bytes` with its header, `samples` per channel."""

    size_bytes: int
    samples: int
    rate_hz: int
    is_mpeg1: bool
    is_mono: bool


def sniff(path: Path) -> Format:
    """Say what container `path` is.

    Raises:
        RecordingRejected: empty, text, a playlist, or nothing known as sound.
    """
    with path.open("rb") as file:
        size_bytes = os.fstat(file.fileno()).st_size
        head = file.read(HEAD_BYTES)
        if not head:
            raise rejected("empty")
        tag_bytes = id3_size(head)
        if tag_bytes:
            file.seek(tag_bytes)
            head = file.read(HEAD_BYTES)
            if not head:
                raise rejected("no_sound")
    return _sniff_bytes(head, size_bytes - tag_bytes)


def _sniff_bytes(head: bytes, size_bytes: int) -> Format:
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return WAV
    if head[:4] == b"OggS":
        return OGG
    if head[:4] == b"fLaC":
        return FLAC
    if head[:4] == b"\x1aE\xdf\xa3":
        return WEBM
    if head.startswith((b"#!AMR\n", b"#!AMR-WB\n")):
        return AMR
    if head[4:8] in _MP4_BOXES:
        return MP4
    _reject_text(head)
    if _is_gsm(head, size_bytes):
        return GSM
    if _is_adts(head):
        return AAC
    if find_mp3_frame(head) is not None:
        return MP3
    raise rejected("not_audio")


def _reject_text(head: bytes) -> None:
    text = head.removeprefix(b"\xef\xbb\xbf")
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16: every other byte is often 0
        text = text[2:].replace(b"\0", b"")
    start = text.lstrip()[:512].lower()
    if start.startswith(_PLAYLISTS) or any(b"\n" + mark in start for mark in _PLAYLISTS):
        raise rejected("playlist")
    if not any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in text):
        try:
            text[: HEAD_BYTES - 4].decode("utf-8")
        except UnicodeDecodeError as error:
            if error.start < min(len(text), HEAD_BYTES) - 8:
                return
        raise rejected("text")


def id3_size(head: bytes) -> int:
    """Length of an ID3v2 tag at the start of `head`, 0 without one, in bytes."""
    if head[:3] != b"ID3" or len(head) < 10 or any(byte & 0x80 for byte in head[6:10]):
        return 0
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return 10 + size + (10 if head[5] & 0x10 else 0)


def _is_gsm(head: bytes, size_bytes: int) -> bool:
    """Raw GSM has no signature, but a fixed half-byte in every frame; 4 bits each add up."""
    starts = head[::GSM_FRAME_BYTES]
    return size_bytes >= 8 * GSM_FRAME_BYTES and all(byte >> 4 == 0xD for byte in starts)


def _is_adts(head: bytes) -> bool:
    position = 0
    for _ in range(3):
        header = head[position : position + 7]
        if len(header) < 7:
            return position > 0
        if header[0] != 0xFF or header[1] & 0xF6 != 0xF0 or (header[2] >> 2) & 15 > 12:
            return False
        length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
        if length < 7:
            return False
        position += length
    return True


def find_mp3_frame(data: bytes) -> tuple[int, Mp3Frame] | None:
    """Find the first of up to three frames in a row; its offset in `data` and its header.

    A lone frame counts only when the data end with it, since eleven set bits are soon found in
    anything.
    """
    position = data.find(b"\xff")
    while 0 <= position < MP3_SEARCH_BYTES:
        first = mp3_frame(data[position : position + 4])
        if first is not None and _frames_follow(data, position, first):
            return position, first
        position = data.find(b"\xff", position + 1)
    return None


def _frames_follow(data: bytes, position: int, first: Mp3Frame) -> bool:
    frame: Mp3Frame | None = first
    for _ in range(3):
        if frame is None or (frame.rate_hz, frame.is_mpeg1) != (first.rate_hz, first.is_mpeg1):
            return False
        position += frame.size_bytes
        if position + 4 > len(data):
            return True
        frame = mp3_frame(data[position : position + 4])
    return True


def mp3_frame(header: bytes) -> Mp3Frame | None:
    """Read a frame header of layer I, II or III; None when it is not one."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = (header[1] >> 3) & 3, 4 - ((header[1] >> 1) & 3)
    bitrate, rate, padding = header[2] >> 4, (header[2] >> 2) & 3, (header[2] >> 1) & 1
    if version == 1 or layer == 4 or bitrate in (0, 15) or rate == 3:
        return None
    is_mpeg1 = version == 3
    kbps, rate_hz = _BITRATES_KBPS[is_mpeg1, layer][bitrate], _RATES_HZ[version][rate]
    if layer == 1:
        samples, size = 384, (12_000 * kbps // rate_hz + padding) * 4
    else:
        samples = 576 if layer == 3 and not is_mpeg1 else 1152
        size = samples * kbps * 125 // rate_hz + padding
    return Mp3Frame(size, samples, rate_hz, is_mpeg1, header[3] >> 6 == 3)
