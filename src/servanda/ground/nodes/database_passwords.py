"""Is a password good enough for a user of a database that may be reached from outside?

The check runs on the control plane; a node only ever sees the hash. Length counts most (NIST SP 800-63B), and the terms
of the database product ask for complex passwords that are not known to have leaked.
"""

import hashlib
from collections.abc import Callable
from typing import Literal

LENGTH_MIN = 12
LENGTH_MAX = 128
CLASSES_MIN = 3
# From here on, length makes up for signs of few kinds.
LENGTH_FREE = 20

_SENTENCES = {
    "short": (
        f"The password is too short. Use at least {LENGTH_MIN} signs.",
        f"Adgangskoden er for kort. Brug mindst {LENGTH_MIN} tegn.",
    ),
    "long": (
        f"The password is too long. Use at most {LENGTH_MAX} signs.",
        f"Adgangskoden er for lang. Brug højst {LENGTH_MAX} tegn.",
    ),
    "simple": (
        f"The password is too simple. Mix small and capital letters, digits and signs, or use {LENGTH_FREE} signs or more.",
        f"Adgangskoden er for enkel. Bland små og store bogstaver, tal og tegn, eller brug {LENGTH_FREE} tegn eller flere.",
    ),
    "repeated": (
        "The password repeats a few signs. Use one that cannot be described in a word.",
        "Adgangskoden gentager få tegn. Brug en, der ikke kan beskrives med et ord.",
    ),
    "name": (
        "The password holds the user's or the database's name. Use one without it.",
        "Adgangskoden indeholder brugerens eller databasens navn. Brug en uden.",
    ),
    "leaked": (
        "The password is known from a leak, so it is the first that is tried. Use another.",
        "Adgangskoden er kendt fra et læk, så den bliver prøvet først. Brug en anden.",
    ),
}  # fmt: skip
Reason = Literal["short", "long", "simple", "repeated", "name", "leaked"]


def password_problems(password: str, *, names: tuple[str, ...], is_leaked: Callable[[str], bool]) -> tuple[Reason, ...]:
    """Return every reason for which a password is refused. `is_leaked` asks the list that the operator has brought in."""
    found: list[Reason] = []
    if len(password) < LENGTH_MIN:
        found.append("short")
    if len(password) > LENGTH_MAX:
        found.append("long")
    if _classes(password) < CLASSES_MIN and len(password) < LENGTH_FREE:
        found.append("simple")
    if len(set(password)) < min(6, len(password)):
        found.append("repeated")
    if any(
        len(part) >= 4 and part in password.lower()
        for name in names
        for part in (name.lower(), *name.lower().split("_"))
    ):
        found.append("name")
    if is_leaked(password):
        found.append("leaked")
    return tuple(found)


def reason_text(reason: Reason, language: Literal["da", "en"]) -> str:
    english, danish = _SENTENCES[reason]
    return danish if language == "da" else english


def database_password_hash(password: str) -> str:
    """Return the form in which the server keeps a password (mysql_native_password): all that a node is told of it."""
    once = hashlib.sha1(password.encode(), usedforsecurity=False).digest()
    return f"*{hashlib.sha1(once, usedforsecurity=False).hexdigest().upper()}"


def _classes(password: str) -> int:
    tests = (str.islower, str.isupper, str.isdigit, lambda sign: not sign.isalnum())
    return sum(any(test(sign) for sign in password) for test in tests)
