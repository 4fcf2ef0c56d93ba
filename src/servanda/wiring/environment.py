"""Reads the environment: where and which, never how much. A wrong value fails loudly, with its name."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text_of(name: str, default: str = "") -> str:
    """Return the variable, or the content of the file named by `NAME_FILE` (for secrets), or the default."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        path = Path(file)
        if not path.is_file():
            raise ImproperlyConfigured(f"{name}_FILE names {file}, which is no file. Create it or unset the variable.")
        return path.read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def flag_of(name: str, *, default: bool) -> bool:
    """Return a yes or no; anything but 1, 0, true, false, yes and no is refused."""
    value = os.environ.get(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes"}:
        return True
    if value in {"0", "false", "no"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}. Write 1 or 0.")


def number_of(name: str, default: int) -> int:
    """Return a whole number that is not below zero; anything else is refused."""
    value = os.environ.get(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} is {value!r}. Write a whole number.")
    return int(value)


def directory_of(name: str, default: str) -> Path:
    """Return an absolute directory path; it need not exist yet."""
    return Path(os.environ.get(name, default)).expanduser().absolute()


def choice_of(name: str, choices: tuple[str, ...]) -> str:
    """Return one of the choices, the first when the variable is not set; anything else is refused."""
    value = os.environ.get(name, choices[0])
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}. Write one of: {', '.join(choices)}.")
    return value
