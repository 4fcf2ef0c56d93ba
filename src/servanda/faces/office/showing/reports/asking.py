"""What an address asks of a report: which days, by which day, and where its other forms are found."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from servanda.business.reports.decisions.stretches import STRETCHES, NoSuchStretch, stretch_between, stretch_named
from servanda.business.reports.facts import Basis, Stretch
from servanda.faces.office.places import Visit
from servanda.faces.parts.telling import told
from servanda.ground.calendar import NotADay, parse_day
from servanda.ground.periods import Period

FIRST = "last-12-months"
STRETCH_NAMES: Mapping[str, str] = {
    "this-month": gettext_noop("This month"),
    "last-month": gettext_noop("Last month"),
    "this-quarter": gettext_noop("This quarter"),
    "last-quarter": gettext_noop("Last quarter"),
    "this-year": gettext_noop("Year to date"),
    "financial-year": gettext_noop("This financial year"),
    "last-financial-year": gettext_noop("Last financial year"),
    "last-12-months": gettext_noop("Last 12 months"),
    "free": gettext_noop("Days of your own"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a reader asks of a report. `wrong` says in their language what could not be understood."""

    visit: Visit
    stretch: Stretch
    basis: Basis
    as_of: date
    is_whole: bool = False
    wrong: str = ""

    @property
    def slug(self) -> str:
        return self.visit.company.slug

    @property
    def company_id(self) -> int:
        return self.visit.company.company_id

    @property
    def today(self) -> date:
        return self.visit.today

    def whole(self) -> "Asked":
        """Return the same, for a file: with all rows."""
        return replace(self, is_whole=True)

    def address(self, name: str, **more: str) -> str:
        """Return the address of a report as it is asked for now, which may be kept and sent on."""
        kept: dict[str, str] = {}
        if self.stretch.name == "free":
            kept = {"since": str(self.stretch.period.since), "until": str(self.stretch.period.last_day)}
        elif self.stretch.name != FIRST:
            kept = {"stretch": self.stretch.name}
        if self.basis is not Basis.ISSUED:
            kept["basis"] = self.basis
        if self.as_of != self.today:
            kept["as-of"] = str(self.as_of)
        return address_of(self.slug, name, {**kept, **more})

    def rows(self, name: str, *, period: Period | None = None, **wanted: object) -> str:
        """Return the address of the rows behind a figure."""
        days = {"since": str(period.since), "until": str(period.last_day)} if period is not None else {}
        asked = {**days, **{key.replace("_", "-"): str(value) for key, value in wanted.items() if value is not None}}
        query = f"?{urlencode(asked)}" if asked else ""
        return f"{reverse('office:report-rows', args=[self.slug, name])}{query}"


def asked_of(
    visit: Visit,
    *,
    stretch: str = "",
    since: str = "",
    until: str = "",
    as_of: str = "",
    basis: str = "",
    is_whole: bool = False,
) -> Asked:
    """Return what is asked for. What cannot be understood is told, and the usual days are shown instead."""
    wrong = ""
    first = visit.company.fiscal_year_starts_month
    try:
        found = _stretch(visit, stretch, since, until)
    except (NoSuchStretch, NotADay) as refusal:
        wrong = _("These days cannot be shown: %(why)s") % {"why": told(refusal)}
        found = stretch_named(FIRST, today=visit.today, fiscal_first_month=first)
    try:
        day = min(parse_day(as_of), visit.today) if as_of else visit.today
    except NotADay as refusal:
        wrong, day = _("This day cannot be shown: %(why)s") % {"why": told(refusal)}, visit.today
    by = Basis.ACCRUED if basis == Basis.ACCRUED else Basis.ISSUED
    return Asked(visit=visit, stretch=found, basis=by, as_of=day, is_whole=is_whole, wrong=wrong)


def address_of(slug: str, name: str, query: Mapping[str, str]) -> str:
    """Return the address of a report with what is asked of it."""
    place = reverse("office:report", args=[slug, name])
    return f"{place}?{urlencode(query)}" if query else place


def _stretch(visit: Visit, stretch: str, since: str, until: str) -> Stretch:
    if since or until:
        return stretch_between(parse_day(since), parse_day(until))
    return stretch_named(stretch or FIRST, today=visit.today, fiscal_first_month=visit.company.fiscal_year_starts_month)


__all__ = ["FIRST", "STRETCHES", "STRETCH_NAMES", "Asked", "address_of", "asked_of"]
