"""Citations as links: a clause leads to its place in the agreement, a provision of law stands as it is."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.template import Context, Library
from django.urls import reverse
from django.utils.translation import gettext

from servanda.business.billing.wording import rule_text
from servanda.faces.office.shown import Link, Place
from servanda.faces.office.words import language
from servanda.ground.citation import Citation

register = Library()


@register.inclusion_tag("office/because.html", takes_context=True)
def because(context: Context, citations: Iterable[Citation]) -> dict[str, tuple[Link, ...]]:
    """Show what something rests on, each provision once."""
    place: Place = context["place"]
    return {"clauses": tuple(clause_link(citation, place.slug) for citation in dict.fromkeys(citations))}


@register.filter(name="rule")
def rule_words(kept: str) -> str:
    """Return why a bank entry was matched or waits, in the reader's language."""
    return rule_text(kept, language())


def clause_link(citation: Citation, slug: str) -> Link:
    """Return the citation with the address of its clause, at the version that it cites."""
    if citation.source != slug:
        return Link(str(citation), "")
    query = f"?{urlencode({'version': citation.version})}" if citation.version else ""
    address = f"{reverse('office:agreement', args=[slug])}{query}#c{citation.clause}"
    return Link(gettext("clause %(number)s") % {"number": citation.clause}, address)
