"""Is a password one of those that are tried first, and may another mail go out? Pure.

A guesser does not try every text. They try the lists of leaked passwords, then the same words with a capital, with digits
around them and with letters written as digits, then rows of keys, dates and seasons. So a password counts as known when its
core is, however it was dressed up.
"""

import re
import unicodedata
from collections.abc import Collection, Container, Iterable
from datetime import datetime, timedelta

PASSWORD_BYTES_MAX = 256
DISTINCT_MIN = 5
OWN_LETTERS_MIN = 6  # so much must stand beside one's own name
RUN_SHARE_MAX = 0.5
MAILS_PER_ADDRESS = 3  # in an hour
MAILS_PER_PLACE = 20
MAILS_PER_COMPANY = 500
MAIL_WINDOW = timedelta(hours=1)

_AROUND = "0123456789 !?.,;:-_*#+&%/()=<>|'\"@$€£~^"
_AS_LETTERS = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "!": "i"}
)
_ROWS = (
    "1234567890", "qwertyuiopå", "asdfghjklæø", "zxcvbnm", "qwertzuiop", "azertyuiop", "abcdefghijklmnopqrstuvwxyzæøå",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)  # fmt: skip
# Danish words that people put before a year, as nobody's list has them: seasons, months, days, and what is near at hand.
_NEAR_AT_HAND_TEXT = """
forår sommer efterår vinter januar februar marts april maj juni juli august september oktober november december
mandag tirsdag onsdag torsdag fredag lørdag søndag danmark københavn aarhus århus odense aalborg ålborg esbjerg randers
kolding horsens vejle roskilde adgangskode kodeord password hemmelig velkommen firma kontor webhotel hjemmeside domæne
fodbold brøndby jegelskerdig elskerdig skatter hundehvalp solskin fødselsdag familie mormor morfar farmor farfar
"""
_NEAR_AT_HAND = frozenset(_NEAR_AT_HAND_TEXT.split())


def is_first_tried(password: str, known: Container[str]) -> bool:
    """Tell whether a password would be found by those who try lists and their usual changes."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    if len(set(plain)) < DISTINCT_MIN or _is_repeated(plain) or _is_mostly_a_row(plain):
        return True
    return any(word in known or word in _NEAR_AT_HAND for word in _cores(plain))


def is_built_on(password: str, names: Iterable[str]) -> bool:
    """Tell whether a password is little more than a name of its owner."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    forms = {plain, plain.translate(_AS_LETTERS)}
    for name in {one.casefold().strip() for one in names if len(one.strip()) > 3}:
        for form in forms:
            if name in form and len(form.replace(name, "").strip(_AROUND)) < OWN_LETTERS_MIN:
                return True
    return False


def may_mail(*, to_address: Collection[datetime], from_place: Collection[datetime], of_company: int) -> bool:
    """Tell whether another mail with a link may go out: the counts are of the last hour (`MAIL_WINDOW`)."""
    return len(to_address) < MAILS_PER_ADDRESS and len(from_place) < MAILS_PER_PLACE and of_company < MAILS_PER_COMPANY


def _cores(plain: str) -> frozenset[str]:
    """Return the word within a password as it may have been before it was dressed up; nothing for several words."""
    stripped = plain.strip(_AROUND)
    forms = {plain, stripped, plain.translate(_AS_LETTERS), plain.translate(_AS_LETTERS).strip(_AROUND)}
    forms |= {stripped.translate(_AS_LETTERS), re.sub(r"[^a-zæøåöäüß]", "", plain)}
    if " " in plain.strip():
        forms = {form for form in forms if " " in form}
    return frozenset(form for form in forms if form)


def _is_repeated(plain: str) -> bool:
    return re.fullmatch(r"(.{1,6}?)\1+.{0,3}", plain, re.DOTALL) is not None


def _is_mostly_a_row(plain: str) -> bool:
    """Tell whether more than half of a password is a run along keys, forwards or backwards, or a date."""
    if re.fullmatch(r"[0-9./ -]+", plain):
        return True
    longest = 0
    for row in (*_ROWS, *(one[::-1] for one in _ROWS)):
        for begin in range(len(plain)):
            length = 1
            while begin + length < len(plain) and plain[begin : begin + length + 1] in row:
                length += 1
            longest = max(longest, length)
    return longest > max(4, RUN_SHARE_MAX * len(plain))
