"""How long a file says it is, where its header says so believably.

Only a written claim counts: what a decoder library estimates from a bit rate follows the size of
the file and so agrees with every truncated one.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import BinaryIO

from callcoach.speech import formats

#: Recorders that stream or die leave 0, 0xFFFFFFFF or 0x7FFFFFFF minus a header as the size.
_PLACEHOLDER_BYTES = 0x7FFF_0000
_MAX_CHUNKS = 1000


def announced_s(path: Path, container: str, stream_s: float | None) -> float | None:
    """Length that the header of `path` announces, in seconds; None when it announces none.

    Args:
        container: `formats.Format.name`.
        stream_s: what the demultiplexer says, believed for MP4 and FLAC, where it is a written
            count of samples.
    """
    if container in (formats.MP4.name, formats.FLAC.name):
        return stream_s if stream_s and stream_s > 0 else None
    with path.open("rb") as file:
        if container == formats.WAV.name:
            return _wav_s(file)
        if container == formats.MP3.name:
            return _mp3_s(file)
        if container == formats.WEBM.name:
            return _webm_s(file)
    return None


def mp4_is_cut(path: Path) -> bool:
    """Whether a top-level box of an MP4 runs past the end of the file."""
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        position = 0
        for _ in range(_MAX_CHUNKS):
            file.seek(position)
            head = file.read(16)
            if len(head) < 8:
                return False
            length = int.from_bytes(head[:4], "big")
            if length == 1 and len(head) == 16:
                length = int.from_bytes(head[8:], "big")
            if length == 0:
                return False  # "up to the end of the file"
            if length < 8:
                return False
            position += length
            if position > size_bytes:
                return True
    return False


def ogg_is_cut(path: Path) -> bool:
    """Whether the last page of an Ogg file is incomplete and none before said "end of stream".

    Ogg announces no length, so that this is the only trace that an interrupted copy leaves.
    """
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        position, is_ended = 0, False
        while position < size_bytes:
            file.seek(position)
            head = file.read(27)
            if len(head) < 27:
                return not is_ended
            if head[:4] != b"OggS":
                return False
            lacing = file.read(head[26])
            position += 27 + head[26] + sum(lacing)
            if len(lacing) < head[26] or position > size_bytes:
                return not is_ended
            is_ended = bool(head[5] & 4)
    return False


def _wav_s(file: BinaryIO) -> float | None:
    head = file.read(12)
    is_64 = head[:4] in (b"RF64", b"BW64")
    file_bytes = os.fstat(file.fileno()).st_size
    byte_rate, is_plain = 0, False
    data_64 = 0
    for _ in range(_MAX_CHUNKS):
        chunk = file.read(8)
        if len(chunk) < 8:
            return None
        name, size = chunk[:4], int.from_bytes(chunk[4:], "little")
        if name == b"ds64" and is_64:
            body = file.read(size) if size <= 4096 else b""
            data_64 = int.from_bytes(body[8:16], "little") if len(body) >= 16 else 0
        elif name == b"fmt ":
            body = file.read(min(size, 4096))
            byte_rate, is_plain = _wav_byte_rate(body)
            file.seek(size - len(body), 1)
        elif name == b"data":
            if is_64 and size == 0xFFFF_FFFF:
                size = data_64
            elif size == 0 or size >= _PLACEHOLDER_BYTES:
                return None
            missing = size - (file_bytes - file.tell())
            # A variable rate makes bytes a poor clock: such a codec counts only when cut
            if not byte_rate or not size or (missing <= 0 and not is_plain):
                return None
            return size / byte_rate
        else:
            file.seek(size, 1)
        if size % 2:
            file.seek(1, 1)
    return None


def _wav_byte_rate(body: bytes) -> tuple[int, bool]:
    """Bytes a second, and whether the codec is plain (PCM, float, A-law, µ-law).

    Computed for the plain codecs, whose writers often get the field wrong.
    """
    if len(body) < 16:
        return 0, False
    tag, channels, rate_hz, byte_rate, _align, bits = struct.unpack("<HHIIHH", body[:16])
    if tag == 0xFFFE and len(body) >= 26:
        (tag,) = struct.unpack("<H", body[24:26])
    if tag in (1, 3, 6, 7):
        return int(rate_hz * channels * ((bits + 7) // 8)), True
    return int(byte_rate), False


def _mp3_s(file: BinaryIO) -> float | None:
    """From the Xing/Info or VBRI header in the first frame, which counts the frames."""
    head = file.read(10)
    file.seek(formats.id3_size(head))
    data = file.read(formats.HEAD_BYTES)
    found = formats.find_mp3_frame(data)
    if found is None:
        return None
    offset, frame = found
    body = data[offset : offset + max(frame.size_bytes, 64)]
    side_info = (17 if frame.is_mono else 32) if frame.is_mpeg1 else (9 if frame.is_mono else 17)
    xing = body[4 + side_info :]
    frames = 0
    if xing[:4] in (b"Xing", b"Info") and len(xing) >= 12 and xing[7] & 1:
        frames = int.from_bytes(xing[8:12], "big")
    elif body[36:40] == b"VBRI" and len(body) >= 54:
        frames = int.from_bytes(body[50:54], "big")
    return frames * frame.samples / frame.rate_hz if frames else None


def _webm_s(file: BinaryIO) -> float | None:
    """From Segment / Info / Duration; a browser's recorder writes none."""
    info = _ebml_child(file, (0x18538067, 0x1549A966))
    if info is None:
        return None
    end, scale_ns, ticks = info, 1_000_000, 0.0
    while file.tell() < end:
        element = _ebml_header(file)
        if element is None:
            return None
        name, size = element
        if size > 1 << 16:
            return None
        body = file.read(size)
        if name == 0x2AD7B1:
            scale_ns = int.from_bytes(body, "big")
        elif name == 0x4489 and size in (4, 8):
            (ticks,) = struct.unpack(">f" if size == 4 else ">d", body)
    return ticks * scale_ns / 1e9 if 0 < ticks < 1e15 else None


def _ebml_child(file: BinaryIO, path: tuple[int, ...]) -> int | None:
    """Move `file` to the body of the element at `path`; where that body ends, or None."""
    for wanted in path:
        for _ in range(_MAX_CHUNKS):
            element = _ebml_header(file)
            if element is None:
                return None
            name, size = element
            if name == wanted:
                end = file.tell() + size
                break
            file.seek(size, 1)
        else:
            return None
    return end


def _ebml_header(file: BinaryIO) -> tuple[int, int] | None:
    name = _ebml_number(file, keep_marker=True)
    size = _ebml_number(file, keep_marker=False)
    return None if name is None or size is None else (name, size)


def _ebml_number(file: BinaryIO, *, keep_marker: bool) -> int | None:
    first = file.read(1)
    if not first or not first[0]:
        return None
    length = 9 - first[0].bit_length()
    rest = file.read(length - 1)
    if len(rest) < length - 1:
        return None
    lead = first[0] if keep_marker else first[0] & (0xFF >> length)
    value = int.from_bytes(bytes([lead]) + rest, "big")
    unknown = (1 << (7 * length)) - 1
    return value if keep_marker or value != unknown else 1 << 40  # "size unknown"
