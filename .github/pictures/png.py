"""Makes a PNG of text on flat colours small: few colours, packed as tightly as zlib can."""

import struct
import zlib
from collections import Counter

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Fewer than a byte holds: the shades at the edges of letters matter little and cost much.
MOST = 96


def chunks(data):
    at = len(SIGNATURE)
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += length + 12


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def paeth(left, above, corner):
    guess = left + above - corner
    far = abs(guess - left), abs(guess - above), abs(guess - corner)
    return left if far[0] <= far[1] and far[0] <= far[2] else above if far[1] <= far[2] else corner


def rows(data):
    """The picture's rows, each a list of pixels as bytes of red, green, blue and opacity."""
    parts = list(chunks(data))
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", parts[0][1])
    if depth != 8 or colour not in (2, 6) or interlaced:
        raise SystemExit("not the kind of PNG that Chromium writes")
    size = 4 if colour == 6 else 3
    raw = zlib.decompress(b"".join(body for name, body in parts if name == b"IDAT"))
    stride = width * size
    above = bytearray(stride)
    for row in range(height):
        start = row * (stride + 1)
        kind, line = raw[start], bytearray(raw[start + 1 : start + 1 + stride])
        for at in range(stride) if kind else ():
            left, corner = (line[at - size], above[at - size]) if at >= size else (0, 0)
            add = (0, left, above[at], (left + above[at]) // 2)[kind] if kind < 4 else paeth(left, above[at], corner)
            line[at] = (line[at] + add) & 255
        above = line
        yield [bytes(line[at : at + size]) + b"\xff"[size - 3 :] for at in range(0, stride, size)]


def palette(counts):
    """The commonest colours, then one of each neighbourhood; and for every colour the nearest of them."""
    common = [colour for colour, _ in counts.most_common(48)]
    for fine in (8, 12, 16, 24, 32, 48):
        seen = {tuple(part // fine for part in colour) for colour in common}
        others = {}
        for colour, _ in counts.most_common():
            near = tuple(part // fine for part in colour)
            if near not in seen:
                others.setdefault(near, colour)
        if len(others) <= MOST - len(common):
            break
    colours = (common + list(others.values()))[:MOST]
    exact = {colour: index for index, colour in enumerate(colours)}

    def nearest(colour):
        far = lambda index: sum((ours - its) ** 2 for ours, its in zip(colour, colours[index]))
        return exact[colour] if colour in exact else min(range(len(colours)), key=far)

    return colours, {colour: nearest(colour) for colour in counts}


def squeeze(path):
    """Rewrites the file."""
    picture = list(rows(path.read_bytes()))
    counts = Counter(pixel for row in picture for pixel in row)
    colours, index = palette(counts)
    lines = b"".join(b"\0" + bytes(index[pixel] for pixel in row) for row in picture)
    header = struct.pack(">IIBBBBB", len(picture[0]), len(picture), 8, 3, 0, 0, 0)
    path.write_bytes(
        SIGNATURE
        + chunk(b"IHDR", header)
        + chunk(b"PLTE", b"".join(colour[:3] for colour in colours))
        + chunk(b"tRNS", bytes(colour[3] for colour in colours))
        + chunk(b"IDAT", zlib.compress(lines, 9))
        + chunk(b"IEND", b"")
    )
