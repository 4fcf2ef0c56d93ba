"""Are the bytes of a file text that people and programs read alike?

Terms are read by eye and hashed by the byte. A letter that is not seen, or that turns the direction of writing, would let
one say something else than the other; so such letters are refused, wherever they stand.
"""

import unicodedata

from servanda.ground.refusal import Problem

SIZE_MAX = 2_000_000
LINE_LENGTH_MAX = 10_000  # a long paragraph on one line; far beyond, looking for figures would take minutes
_SOFT_HYPHEN = "\N{SOFT HYPHEN}"
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})


def refusal_of(content: bytes, *, file: str) -> Problem | None:
    """Return why the bytes are no text at all, or None when they can be read."""
    if len(content) > SIZE_MAX:
        return Problem(file, 1, f"The file has more than {SIZE_MAX:,} bytes.", "Terms are text; check the file.")
    if not content.strip():
        return Problem(file, 1, "The file is empty.", "Write the terms, or take the file away.")
    if b"\0" in content:
        line = _line_at(content, content.index(b"\0"))
        return Problem(file, line, "The file holds a NUL byte.", "Save it as plain UTF-8 text.")
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _line_at(content, error.start)
        return Problem(file, line, "The text is not UTF-8.", "Save the file with the encoding UTF-8.")
    return None


def lines_of(text: str) -> list[str]:
    """Return the lines as an editor counts them, whatever ends them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def oddities_in(lines: list[str], *, file: str) -> tuple[Problem, ...]:
    """Return a problem for each line that cannot be read as it looks."""
    found = ((number, _oddity(line)) for number, line in enumerate(lines, start=1))
    return tuple(Problem(file, number, *oddity) for number, oddity in found if oddity is not None)


def _line_at(content: bytes, place: int) -> int:
    before = content[:place]
    return before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1


def _oddity(line: str) -> tuple[str, str] | None:
    if len(line) > LINE_LENGTH_MAX:
        return f"The line has more than {LINE_LENGTH_MAX:,} characters.", "Break it into several lines."
    if line.isprintable():
        return None
    unseen = next((letter for letter in line if _is_unseen(letter)), None)
    if unseen is None:
        return None
    named = unicodedata.name(unseen, "a character without a name").lower()
    return f"The line holds U+{ord(unseen):04X} ({named}), which is not seen.", "Take it out, or type the line anew."


def _is_unseen(letter: str) -> bool:
    if letter in ("\t", _SOFT_HYPHEN):
        return False
    is_noncharacter = ord(letter) & 0xFFFE == 0xFFFE or "\ufdd0" <= letter <= "\ufdef"
    return is_noncharacter or unicodedata.category(letter) in _UNSEEN
