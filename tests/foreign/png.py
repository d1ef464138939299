"""Reads the pixels of a PNG with 8 bits a channel, as browsers write screenshots. Nothing but the standard library."""

import struct
import zlib


def pixels(path):
    """Rows of (red, green, blue)."""
    data = open(path, "rb").read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", "a PNG"
    at, packed, head = 8, b"", None
    while at < len(data):
        (length,), kind = struct.unpack(">I", data[at : at + 4]), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + length]
        head = struct.unpack(">IIBBBBB", body) if kind == b"IHDR" else head
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    width, height, depth, colour, _, _, interlaced = head
    assert depth == 8 and colour in (2, 6) and not interlaced, head
    wide = 3 if colour == 2 else 4
    raw, rows, before = zlib.decompress(packed), [], bytearray(width * wide)
    for y in range(height):
        start = y * (width * wide + 1)
        line = unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + width * wide]), before, wide)
        rows.append([tuple(line[x : x + 3]) for x in range(0, len(line), wide)])
        before = line
    return rows


def unfiltered(kind, line, above, wide):
    for i in range(len(line)):
        left = line[i - wide] if i >= wide else 0
        corner = above[i - wide] if i >= wide else 0
        if kind == 1:
            line[i] = (line[i] + left) & 255
        elif kind == 2:
            line[i] = (line[i] + above[i]) & 255
        elif kind == 3:
            line[i] = (line[i] + (left + above[i]) // 2) & 255
        elif kind == 4:
            near = left + above[i] - corner
            far = [abs(near - left), abs(near - above[i]), abs(near - corner)]
            line[i] = (line[i] + (left, above[i], corner)[far.index(min(far))]) & 255
    return line
