"""Makes any text printable with the fonts that we ship: no name of a customer may stop an invoice.

A sign that no font has (an emoji, a script that we do not ship) becomes an open square, since an accessible
PDF may not hold a missing glyph. Control and direction signs go, so that a name cannot turn the rest of its
line around. Very long words get places where a line may end.
"""

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"

_MISSING = "\N{WHITE SQUARE}"
_LINE_MAY_END = "\N{ZERO WIDTH SPACE}"
_LONG_WORD = re.compile(r"\S{41,}")  # longer than any payment line or account, which must be copied as they stand
_PIECE = re.compile(r"\S{1,20}")


def printable(text: str) -> str:
    """Return the text in the composed form, with only signs that our fonts have; line ends are kept."""
    known = "".join(_sign(sign) for sign in unicodedata.normalize("NFC", text.replace("\r\n", "\n")))
    return _LONG_WORD.sub(lambda word: _LINE_MAY_END.join(_PIECE.findall(word.group())), known)


def _sign(sign: str) -> str:
    if sign == "\n" or sign in covered_signs():
        return sign
    category = unicodedata.category(sign)
    if category == "Zs" or sign == "\t":
        return " "
    return "" if category in {"Cc", "Cf", "Mn", "Me"} else _MISSING


@cache
def covered_signs() -> frozenset[str]:
    """Return every visible sign that at least one shipped font can draw."""
    files = sorted((*FONTS.glob("*.otf"), *FONTS.glob("*.ttf")))
    signs = {chr(point) for file in files for point in _code_points(file.read_bytes())}
    return frozenset(sign for sign in signs if unicodedata.category(sign) not in {"Cc", "Cf", "Co", "Cn"})


def _code_points(font: bytes) -> Iterator[int]:
    """Yield the code points of a font's `cmap` table (OpenType specification, formats 4 and 12)."""
    cmap = _table_at(font, b"cmap")
    count = _unsigned16(font, cmap + 2)
    for number in range(count):
        subtable = cmap + _unsigned32(font, cmap + 4 + 8 * number + 4)
        form = _unsigned16(font, subtable)
        if form == 4:
            yield from _segments(font, subtable)
        elif form == 12:
            yield from _groups(font, subtable)


def _table_at(font: bytes, tag: bytes) -> int:
    for number in range(_unsigned16(font, 4)):
        record = 12 + 16 * number
        if font[record : record + 4] == tag:
            return _unsigned32(font, record + 8)
    raise AssertionError(f"a shipped font has no {tag!r} table")


def _segments(font: bytes, subtable: int) -> Iterator[int]:
    doubled = _unsigned16(font, subtable + 6)
    for offset in range(0, doubled, 2):
        last = _unsigned16(font, subtable + 14 + offset)
        first = _unsigned16(font, subtable + 16 + doubled + offset)
        yield from (point for point in range(first, last + 1) if point != 0xFFFF)


def _groups(font: bytes, subtable: int) -> Iterator[int]:
    for number in range(_unsigned32(font, subtable + 12)):
        first, last, _ = struct.unpack_from(">III", font, subtable + 16 + 12 * number)
        yield from range(first, last + 1)


def _unsigned16(font: bytes, offset: int) -> int:
    return int.from_bytes(font[offset : offset + 2], "big")


def _unsigned32(font: bytes, offset: int) -> int:
    return int.from_bytes(font[offset : offset + 4], "big")
