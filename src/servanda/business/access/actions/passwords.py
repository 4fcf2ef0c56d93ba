"""Refusing passwords that are tried first. All lists lie on this machine: no password, and no part of one, is told to anybody."""

from functools import cache

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError

from servanda.business.access.actions.refusals import AccessRefused, PasswordRefused
from servanda.business.access.decisions import PASSWORD_BYTES_MAX, is_built_on, is_first_tried


def refuse_simple(password: str, email: str, *, names: tuple[str, ...] = ()) -> None:
    """Refuse a password that is short, known from leaks, described in a word, or made of what is known of its owner."""
    user = get_user_model()(username=email, email=email)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordRefused(tuple(error.messages)) from error
    if len(password.encode()) > PASSWORD_BYTES_MAX:
        raise AccessRefused("The password is too long. Use at most %(most)s signs.", {"most": PASSWORD_BYTES_MAX})
    if is_first_tried(password, known_passwords()):
        raise AccessRefused(
            "This password is among the first that are tried. Choose several words that do not belong together."
        )
    if is_built_on(password, (*email.replace("@", ".").split("."), *names)):
        raise AccessRefused("A password may not be built on your own name or address. Choose another.")


@cache
def known_passwords() -> frozenset[str]:
    """Return the passwords that are tried first, in small letters: a list that lies on this machine, so none is told to anybody."""
    return frozenset(CommonPasswordValidator().passwords)
