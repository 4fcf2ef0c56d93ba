"""The pages of reports: all of them at a glance, one of them, and the rows behind a figure; each also as a file."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from servanda.business.reports.facts import Basis
from servanda.business.reports.queries import NoSuchRows
from servanda.faces.office.places import Visit, crumbs_of, place_of, visit
from servanda.faces.office.showing.reports.asking import STRETCH_NAMES, STRETCHES, Asked, address_of, asked_of
from servanda.faces.office.showing.reports.behind import TITLES, rows_shown
from servanda.faces.office.showing.reports.files import sheet_of, sheets_of
from servanda.faces.office.showing.reports.overview import overview_cards
from servanda.faces.office.showing.reports.registry import REPORTS, Report, told
from servanda.faces.office.shown import Link, Tab
from servanda.faces.office.shown_reports import ReportFrame, ReportShown
from servanda.faces.office.ways import BOOKS, ways_of
from servanda.faces.office.words import language
from servanda.faces.parts.access import access
from servanda.faces.parts.sheets import sheet_answer
from servanda.ground.refusal import Refused


@access(policy="staff")
def reports(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    return _page(request, here, "overview", cards=overview_cards(here))


@access(policy="staff")
def report(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    here = visit(slug)
    kind = REPORTS.get(name)
    if kind is None:
        raise Http404(_("There is no such report."))
    form = request.GET.get("form", "")
    asked = asked_of(
        here,
        stretch=request.GET.get("stretch", "")[:30],
        since=request.GET.get("since", "")[:10],
        until=request.GET.get("until", "")[:10],
        as_of=request.GET.get("as-of", "")[:10],
        basis=request.GET.get("basis", "")[:10],
        is_whole=form in ("csv", "xlsx"),
    )
    shown = told(kind.show(asked))
    if form in ("csv", "xlsx"):
        return _file(asked, shown, form=form, table=request.GET.get("table", ""))
    tables = tuple(replace(table, csv=asked.address(name, form="csv", table=table.name)) for table in shown.tables)
    link = Link(_("Reports"), reverse("office:reports", args=[slug]))
    return _page(request, here, "report", link, report=replace(shown, tables=tables), frame=_frame(asked, name, kind))


@access(policy="staff")
def rows(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    here = visit(slug)
    if name not in TITLES:
        raise Http404(_("There are no such rows."))
    query = {key: str(request.GET.get(key, "")) for key in request.GET}
    form = query.get("form", "")
    try:
        shown = rows_shown(here, name, query, is_whole=form in ("csv", "xlsx"))
    except (Refused, NoSuchRows) as refusal:
        raise Http404(str(refusal)) from refusal
    if form in ("csv", "xlsx"):
        sheets = (sheet_of(shown.table),)
        return sheet_answer(
            sheets, form="xlsx" if form == "xlsx" else "csv", language=language(), name=f"{slug}-{name}"
        )
    link = Link(_("Reports"), reverse("office:reports", args=[slug]))
    return _page(request, here, "rows", link, rows=shown)


def _file(asked: Asked, shown: ReportShown, *, form: str, table: str) -> HttpResponse:
    name = f"{asked.slug}-{shown.name}-{asked.today.isoformat()}"
    if form == "xlsx":
        return sheet_answer(sheets_of(shown), form="xlsx", language=language(), name=name)
    chosen = next((one for one in shown.tables if one.name == table), shown.tables[0])
    return sheet_answer((sheet_of(chosen),), form="csv", language=language(), name=f"{name}-{chosen.name}")


def _frame(asked: Asked, name: str, kind: Report) -> ReportFrame:
    stretches = tuple(
        Tab(
            _(STRETCH_NAMES[one]),
            address_of(asked.slug, name, {"stretch": one, **_basis(asked)}),
            is_here=one == asked.stretch.name,
        )
        for one in STRETCHES
    )
    bases = tuple(
        Tab(text, replace(asked, basis=basis).address(name), is_here=basis is asked.basis)
        for basis, text in ((Basis.ISSUED, _("by day of issue")), (Basis.ACCRUED, _("by the days it is for")))
    )
    return ReportFrame(
        stretches=stretches if kind.has_days else (),
        bases=bases if kind.has_basis else (),
        has_days=kind.has_days,
        has_day=kind.has_day,
        since=str(asked.stretch.period.since),
        until=str(asked.stretch.period.last_day),
        as_of=str(asked.as_of),
        basis=asked.basis,
        xlsx=asked.address(name, form="xlsx"),
        wrong=asked.wrong,
        about=_(kind.about),
    )


def _basis(asked: Asked) -> dict[str, str]:
    return {"basis": asked.basis} if asked.basis is not Basis.ISSUED else {}


def _page(request: HttpRequest, here: Visit, template: str, *links: Link, **shown: object) -> HttpResponse:
    context = {
        "place": place_of(here, "books"),
        "crumbs": crumbs_of(here, *links),
        "ways": ways_of(here, BOOKS, "reports"),
        **shown,
    }
    return render(request, f"office/reports/{template}.html", context)
