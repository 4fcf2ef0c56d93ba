"""The form for how a bank's CSV file is read: its fields with their labels, and the layouts that are kept."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from servanda.business.billing.facts import MappingFacts
from servanda.business.billing.queries.mappings import mappings_of
from servanda.faces.office.places import Visit
from servanda.faces.office.shown import Link
from servanda.faces.office.shown_bank import FieldShown
from servanda.ground.bank_layout import (
    DAY_FORMS,
    DECIMALS,
    DELIMITERS,
    ENCODINGS,
    THOUSANDS,
    BankLayout,
    layout_to_json,
)

LABELS: Mapping[str, str] = {
    "account": gettext_noop("Account, if it is not the company's bank account"),
    "delimiter": gettext_noop("Sign between the columns"),
    "encoding": gettext_noop("Encoding"),
    "decimal": gettext_noop("Decimal sign"),
    "thousands": gettext_noop("Thousands sign"),
    "day_form": gettext_noop("How days are written"),
    "header_lines": gettext_noop("Lines before the first movement"),
    "is_newest_first": gettext_noop("The newest line comes first"),
    "booked_on": gettext_noop("Booking day"),
    "value_on": gettext_noop("Value day"),
    "amount": gettext_noop("Amount with its sign"),
    "sign": gettext_noop("Direction"),
    "sign_out": gettext_noop("Word for money out in that column"),
    "money_in": gettext_noop("Money in"),
    "money_out": gettext_noop("Money out"),
    "text": gettext_noop("Text"),
    "payer_name": gettext_noop("Payer"),
    "payer_account": gettext_noop("Payer's account"),
    "reference": gettext_noop("The bank's reference"),
    "payment_reference": gettext_noop("Payment reference (FIK)"),
    "balance": gettext_noop("Running balance"),
    "currency": gettext_noop("Currency"),
}
HINTS: Mapping[str, str] = {
    "text": gettext_noop("Several columns with + between them."),
    "header_lines": gettext_noop("The last of them names the columns; 0 if there are none."),
    "balance": gettext_noop("If there is one, each line is checked by it."),
    "reference": gettext_noop("Without one, each line is known by all that it says."),
}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "delimiter": DELIMITERS,
    "encoding": ENCODINGS,
    "decimal": DECIMALS,
    "thousands": THOUSANDS,
    "day_form": DAY_FORMS,
}
SIGNS = {"\t": gettext_noop("tabulator"), " ": gettext_noop("space"), "": gettext_noop("none")}


def layout_rows(visit: Visit) -> tuple[tuple[MappingFacts, Link], ...]:
    """Return the layouts that files can be read by, each with the way to its form."""
    path = reverse("office:layouts", args=[visit.company.slug])
    return tuple((one, Link(one.name, f"{path}?name={one.name}")) for one in mappings_of(visit.company.company_id))


def values_of(company_id: int, name: str) -> dict[str, object]:
    """Return the fields of the layout of that name, or of a new one."""
    found = next((one.layout for one in mappings_of(company_id) if one.name == name), BankLayout())
    return layout_to_json(found)


def fields_shown(values: Mapping[str, object], wrong: Mapping[str, str]) -> tuple[FieldShown, ...]:
    """Return the fields of the form with what stands in them and what is wrong with it."""
    return tuple(
        FieldShown(
            name=name,
            label=_(label),
            value=str(values.get(name, "")),
            choices=tuple((one, _(SIGNS[one]) if one in SIGNS else one) for one in CHOICES.get(name, ())),
            wrong=wrong.get(name, ""),
            help=_(HINTS[name]) if name in HINTS else "",
            is_mark=name == "is_newest_first",
        )
        for name, label in LABELS.items()
    )
