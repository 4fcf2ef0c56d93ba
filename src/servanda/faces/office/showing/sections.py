"""The ways between the pages of the agreement, and between the languages of a text."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from servanda.faces.office.places import Visit
from servanda.faces.office.shown import Link, Tab
from servanda.terms.document import Language

LANGUAGES: Mapping[Language, str] = {"da": "Dansk", "en": "English"}


def sections_of(visit: Visit, here: str) -> tuple[Tab, ...]:
    """Return the pages of the agreement; `here` names the one that is marked."""
    ways = (
        ("agreement", _("The book")),
        ("compare", _("Compare versions")),
        ("drafts", _("Drafts")),
        ("changes", _("Changes")),
        ("discontinue", _("Discontinue a service")),
        ("transfer", _("Hand over the operation")),
    )
    return tuple(
        Tab(text, reverse(f"office:{name}", args=[visit.company.slug]), is_here=name == here) for name, text in ways
    )


def agreement_link(visit: Visit) -> Link:
    return Link(_("Agreement"), reverse("office:agreement", args=[visit.company.slug]))


def text_language(asked: str) -> Language:
    """Return the language to show a text in; the Danish text is there always, and is the one that binds."""
    return "en" if asked == "en" else "da"


def language_tabs(address: str, here: str, **query: str) -> tuple[Tab, ...]:
    """Return the ways to the same page with the text in each language."""
    return tuple(
        Tab(name, with_query(address, **query, language=code), is_here=code == here) for code, name in LANGUAGES.items()
    )


def with_query(address: str, **query: str) -> str:
    given = {name: value for name, value in query.items() if value}
    return f"{address}?{urlencode(given)}" if given else address


def compare_address(visit: Visit, old: str, new: str, *, language: str = "") -> str:
    address = reverse("office:compare", args=[visit.company.slug])
    return with_query(address, old=old, new=new, language=language)
