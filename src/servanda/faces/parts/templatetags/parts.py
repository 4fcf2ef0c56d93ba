"""How days, amounts and the reader's choices are written on a page."""

from dataclasses import dataclass
from datetime import date, datetime

from django.template import Context, Library
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext

from servanda.faces.parts import themes
from servanda.faces.parts.telling import told
from servanda.ground.calendar import day_text, moment_text
from servanda.ground.money import Money, money_text

register = Library()


@dataclass(frozen=True, slots=True)
class Theme:
    name: str
    label: str


@register.filter
def day(value: date | None) -> str:
    """Return the whole date with its weekday, or a dash."""
    return day_text(value, _language()) if value is not None else "–"


@register.filter
def short_day(value: date | None) -> str:
    """Return the date with its weekday as a table has room for it, or a dash."""
    if value is None:
        return "–"
    return date_format(value, "D j. b Y" if _language() == "da" else "D j M Y")


@register.filter
def moment(value: datetime | None) -> str:
    return moment_text(value, _language()) if value is not None else "–"


@register.filter
def money(value: Money | None) -> str:
    """Return the amount for the reader; its parts never stand on two lines."""
    return money_text(value, _language()).replace(" ", "\u00a0") if value is not None else "–"


@register.filter(name="told")
def told_text(value: str) -> str:
    """Return a message of the business in the reader's language."""
    return told(value)


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    return themes.theme_of(context.get("request"))


@register.simple_tag(takes_context=True)
def next_theme(context: Context) -> Theme:
    """Return the theme that the button leads to."""
    name = themes.FOLLOWING[themes.theme_of(context.get("request"))]
    return Theme(name, gettext(themes.LABELS[name]))


def _language() -> str:
    return "en" if (get_language() or "da").startswith("en") else "da"
