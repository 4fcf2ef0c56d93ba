"""Tells a refusal or a problem in the reader's language: its text is looked up, and its values are written as they read them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from django.utils.translation import get_language, gettext

from servanda.ground.calendar import day_text
from servanda.ground.message import Message
from servanda.ground.money import Money, money_text
from servanda.ground.refusal import Refused


@runtime_checkable
class Bilingual(Protocol):
    """A sentence that has both languages by itself."""

    @property
    def da(self) -> str: ...

    @property
    def en(self) -> str: ...


def told(said: str | Refused) -> str:
    """Return a refusal, a message or a plain text in the language of the page; what nobody translated stays as it is."""
    message = said.message if isinstance(said, Refused) else said
    if not isinstance(message, Message):
        return gettext(message) if message else ""
    text = gettext(message.text) if message.text else ""
    return (text % _written(message.values)).replace("kr..", "kr.") if message.values else text


def _written(values: Mapping[str, object]) -> dict[str, str]:
    language = "da" if get_language() == "da" else "en"
    return {name: _one(value, language) for name, value in values.items()}


def _one(value: object, language: str) -> str:
    if isinstance(value, Money):
        return money_text(value, language)
    if isinstance(value, date) and not isinstance(value, datetime):
        return day_text(value, language)
    if isinstance(value, Message | Refused):
        return told(value)
    if isinstance(value, tuple):
        return " ".join(_one(one, language) for one in value)
    if isinstance(value, Bilingual):
        return value.da if language == "da" else value.en
    return str(value)
