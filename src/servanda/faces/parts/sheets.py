"""Tables to be taken away as a file, from a page or a command.

The faces know no driver. The settings name the module that does (`DRIVERS`); its `sheet_maker(form)` writes the file.
"""

from importlib import import_module
from typing import Literal, Protocol

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from servanda.ground.sheets import Sheet

Form = Literal["csv", "xlsx"]


class _Maker(Protocol):
    @property
    def media_type(self) -> str: ...
    @property
    def suffix(self) -> str: ...
    def render(self, sheets: tuple[Sheet, ...], *, language: str) -> bytes: ...


def sheet_file(sheets: tuple[Sheet, ...], *, form: Form, language: str) -> bytes:
    """Return the tables as a file; CSV holds one table."""
    return _maker(form).render(sheets, language=language)


def sheet_answer(sheets: tuple[Sheet, ...], *, form: Form, language: str, name: str) -> HttpResponse:
    """Answer with the tables as a file to be kept, named `name` and its ending."""
    maker = _maker(form)
    answer = HttpResponse(maker.render(sheets, language=language), content_type=maker.media_type)
    answer["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=f"{name}{maker.suffix}") or "attachment"
    )
    return answer


def _maker(form: Form) -> _Maker:
    maker: _Maker = import_module(settings.DRIVERS).sheet_maker(form)
    return maker
