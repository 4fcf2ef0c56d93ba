"""Forms whose mistakes are told at their fields: what was typed stays, and nothing is half done.

A form that is right leads on to a page, so that reloading does nothing twice. A refusal that belongs to no field is told at
the head of the page it came from.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from servanda.faces.office.places import visit
from servanda.faces.office.shown_drafts import Refilled
from servanda.faces.parts.access import access
from servanda.faces.parts.telling import told
from servanda.faces.parts.themes import own_address
from servanda.ground.calendar import NotADay, parse_day
from servanda.ground.refusal import Refused

TEXT_LETTERS_MAX = 400_000  # of a document; the longest that came with the program has a fifth of it
Page = Callable[..., HttpResponse]
Form = Callable[..., str]


class WrongFields(Refused):
    """Some fields of a form cannot be as they are; the messages are in the reader's language."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__(" ".join(wrong.values()))
        self.wrong = wrong


def form(*, page: Page) -> Callable[[Form], Callable[..., HttpResponseBase]]:
    """Make a function the receiver of a form: it returns the address to go on to, and `page` shows a form sent back."""

    def made(view: Form) -> Callable[..., HttpResponseBase]:
        @access(policy="staff", methods=("POST",))
        @wraps(view)
        def received(request: HttpRequest, slug: str, **values: Any) -> HttpResponse:
            here = visit(slug)
            try:
                address = view(request, here, **values)
            except WrongFields as wrong:
                given = {name: text(request, name) for name in request.POST}
                answer = page(request, here, refilled=Refilled(wrong=wrong.wrong, given=given), **values)
                answer.status_code = 422
                return answer
            except Refused as refusal:
                say(request, _("The act was refused: %(why)s") % {"why": told(refusal)}, tone="stop")
                answer = page(request, here, refilled=Refilled(), **values)
                answer.status_code = 422
                return answer
            return redirect(own_address(request, address))

        return received

    return made


def say(request: HttpRequest, said: str, *, tone: str = "calm") -> None:
    """Tell the reader something at the head of the next page."""
    level = messages.ERROR if tone == "stop" else messages.SUCCESS
    messages.add_message(request, level, said, extra_tags=tone)


def text(request: HttpRequest, name: str, *, most: int = TEXT_LETTERS_MAX) -> str:
    """Return what stands in a field. The database takes no NUL, and nobody types one."""
    return request.POST.get(name, "").replace("\0", "").strip()[:most]


def needed(request: HttpRequest, name: str, said: str, *, most: int = 300) -> str:
    """Return what stands in a field that must not be empty; refuses it with the message at the field."""
    found = text(request, name, most=most)
    if not found:
        raise WrongFields({name: said})
    return found


def day_in(request: HttpRequest, name: str, *, least: date | None = None) -> date:
    """Return the day in a field; refuses one that does not exist, and one before the least."""
    try:
        day = parse_day(text(request, name, most=10))
    except NotADay as refusal:
        raise WrongFields({name: _("This is no date. Write it as 2026-11-30.")}) from refusal
    if least is not None and day < least:
        raise WrongFields({name: _("The day must be %(day)s or later.") % {"day": least.isoformat()}})
    return day


def number_in(request: HttpRequest, name: str) -> int:
    """Return a number that the page itself put into the form."""
    found = text(request, name, most=18)
    if not found.isascii() or not found.isdigit():
        raise WrongFields({name: _("The form is not whole. Go back to the page and try again.")})
    return int(found)
