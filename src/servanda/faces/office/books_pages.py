"""The pages of the books: accounts, vouchers, closing, the chain of the day, exports and how long things are kept."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from servanda.faces.office.places import crumbs_of, place_of, visit
from servanda.faces.office.showing.books import accounts_shown
from servanda.faces.office.ways import BOOKS, ways_of
from servanda.faces.parts.access import access


@access(policy="staff")
def books(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    context = {
        "place": place_of(here, "books"),
        "crumbs": crumbs_of(here),
        "ways": ways_of(here, BOOKS, "books"),
        "accounts": accounts_shown(here),
    }
    return render(request, "office/books/books.html", context)
