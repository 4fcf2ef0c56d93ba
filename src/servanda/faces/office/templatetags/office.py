"""Citations as links: a clause leads to its place in the agreement, a provision of law stands as it is."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.template import Context, Library
from django.urls import reverse
from django.utils.translation import gettext

from servanda.faces.office.shown import Link, Place
from servanda.ground.citation import Citation

register = Library()


@register.inclusion_tag("office/because.html", takes_context=True)
def because(context: Context, citations: Iterable[Citation]) -> dict[str, tuple[Link, ...]]:
    """Show what something rests on, each provision once."""
    place: Place = context["place"]
    return {"clauses": tuple(clause_link(citation, place.slug) for citation in dict.fromkeys(citations))}


def clause_link(citation: Citation, slug: str) -> Link:
    """Return the citation with the address of its clause, at the version that it cites."""
    if citation.source != slug:
        return Link(str(citation), "")
    query = f"?{urlencode({'version': citation.version})}" if citation.version else ""
    address = f"{reverse('office:agreement', args=[slug])}{query}#c{citation.clause}"
    return Link(gettext("clause %(number)s") % {"number": citation.clause}, address)
