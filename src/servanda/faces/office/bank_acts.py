"""What staff do with money that came in: accept, divide, undo, write off, take in files, keep layouts."""

from collections.abc import Iterator
from importlib import import_module

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servanda.business.billing.actions.mapping import keep_mapping
from servanda.business.billing.actions.splitting import Share
from servanda.business.billing.actions.writing_off import set_write_off_limit
from servanda.business.billing.queries import entry, invoice_numbered
from servanda.business.customers.queries import NoSuchCustomer, customer_numbered
from servanda.business.dunning.actions import explain_payment, split_payment, undo_payment, write_off_small
from servanda.faces.office.acts import Incomplete, act
from servanda.faces.office.bank_pages import bank_page, layout_page
from servanda.faces.office.people import name_in_records
from servanda.faces.office.places import Visit, visit
from servanda.faces.office.showing.bank_layouts import LABELS, fields_shown
from servanda.faces.office.showing.inbox import bulk_shown
from servanda.faces.office.words import language
from servanda.faces.parts.access import access
from servanda.faces.parts.amounts import typed_amount
from servanda.faces.parts.bankfiles import BankFile, take_in
from servanda.faces.parts.telling import told
from servanda.ground.bank_layout import BankLayout, WrongLayout, check_layout
from servanda.ground.calendar import parse_day
from servanda.ground.money import Money, NotAnAmount, money_text
from servanda.ground.refusal import Refused, WrongDocument

REASON_LETTERS_MAX = 300
SHARES = 8  # rows of the form that divides an entry
FILE_MAX = 20 * 1024 * 1024
FILES_MAX = 40
PREVIEW_LINES = 12


@act(back="office:matching")
def accept(request: HttpRequest, here: Visit) -> None:
    """Give an entry to what a proposal names: the key in the form says which invoices, with which amounts."""
    _accept(request, here, _number(request, "entry"), request.POST.get("key", ""))
    _say(request, _("The payment is booked."))


@act(back="office:matching")
def accept_many(request: HttpRequest, here: Visit) -> None:
    """Accept those of the chosen entries whose proposal is still the one that was shown and still sure."""
    chosen = {key.partition("=")[0]: key.partition("=")[2] for key in request.POST.getlist("chosen")}
    still = bulk_shown(here, show=request.POST.get("show", ""), search=request.POST.get("q", ""))
    done, left = 0, len(chosen)
    for row in still.sure:
        if row.proposal is None or chosen.get(str(row.entry_id)) != row.proposal.key:
            continue
        try:
            _accept(request, here, row.entry_id, row.proposal.key)
        except Refused:
            continue  # somebody else was quicker; it is counted among those that are left
        done, left = done + 1, left - 1
    _say(request, ngettext("%(count)s payment is booked.", "%(count)s payments are booked.", done) % {"count": done})
    if left:
        text = ngettext(
            "%(count)s was left: it is no longer what was shown.",
            "%(count)s were left: they are no longer what was shown.",
            left,
        )
        messages.add_message(request, messages.WARNING, text % {"count": left}, extra_tags="warn")


@act(back="office:matching")
def split(request: HttpRequest, here: Visit) -> None:
    """Divide an entry among the invoices and customers that the rows of the form name; the rest waits on."""
    shares = tuple(_shares(request, here))
    if not shares:
        raise Incomplete(_("Name at least one invoice or customer, with an amount."))
    split_payment(
        here.company,
        _number(request, "entry"),
        shares=shares,
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    _say(request, _("The entry is divided."))


@act(back="office:matching")
def undo(request: HttpRequest, here: Visit) -> None:
    undo_payment(
        here.company,
        _number(request, "entry"),
        reason=_text(request, "reason"),
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    _say(request, _("Undone. The entry waits again, and what it had paid is open."))


@act(back="office:matching")
def credit_customer(request: HttpRequest, here: Visit) -> None:
    """Put all of an entry to a customer's credit."""
    shares = (Share(_amount(_text(request, "amount")), customer_id=_number(request, "customer")),)
    split_payment(
        here.company,
        _number(request, "entry"),
        shares=shares,
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    _say(request, _("The payment is the customer's credit."))


@act(back="office:invoice")
def write_off(request: HttpRequest, here: Visit, *, number: int) -> None:
    """Write off what little is left of an invoice."""
    found = invoice_numbered(here.company.company_id, number)
    if found is None:
        raise Incomplete(_("There is no such invoice."))
    written = write_off_small(here.company, found.invoice_id, by=name_in_records(request), today=here.today, at=here.at)
    if written:
        _say(request, _("%(amount)s is written off.") % {"amount": money_text(written, language())})
    else:
        _say(request, _("Nothing is open; nothing was written off."))


@act(back="office:matching")
def small_differences(request: HttpRequest, here: Visit) -> None:
    """Decide up to how much the company writes off."""
    since = request.POST.get("since", "")
    set_write_off_limit(
        here.company,
        _amount(_text(request, "amount")),
        since=parse_day(since) if since else here.today,
        by=name_in_records(request),
        reason=_text(request, "reason"),
        today=here.today,
        at=here.at,
    )
    _say(request, _("Decided: small differences are written off from that day on."))


@access(policy="staff", methods=("POST",))
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    """Take in files from the bank and show what became of each entry; a dry run shows the same and books nothing."""
    here = visit(slug)
    given = request.FILES.getlist("files")
    back = reverse("office:matching", args=[slug])
    if not 0 < len(given) <= FILES_MAX or any(file.size is None or file.size > FILE_MAX for file in given):
        text = _("Choose one to %(count)s files of at most 20 MB each.") % {"count": FILES_MAX}
        messages.add_message(request, messages.ERROR, text, extra_tags="stop")
        return redirect(back)
    mapping = _text(request, "mapping")
    files = [
        BankFile(
            file.name or "file", file.read(), mapping if (file.name or "").casefold().endswith((".csv", ".txt")) else ""
        )
        for file in given
    ]
    is_applied = request.POST.get("act") != "dry"
    try:
        report = take_in(here.company, files, now=timezone.now(), is_applied=is_applied)
    except WrongDocument as wrong:
        return _answer(bank_page(request, here, "bank_report", problems=wrong.problems), 422)
    except Refused as refusal:
        messages.add_message(request, messages.ERROR, told(refusal), extra_tags="stop")
        return redirect(back)
    return bank_page(request, here, "bank_report", report=report)


@access(policy="staff", methods=("POST",))
def keep_layout(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep a layout, or show what it makes of a file; what is wrong is told at the fields, and what was typed stays."""
    here = visit(slug)
    name = _text(request, "name")
    values: dict[str, object] = {field: request.POST.get(field, "") for field in LABELS}
    shown: dict[str, object] = {"name": name}
    status = 200
    wrong: dict[str, str] = {}
    try:
        layout = _layout(request)
        values["is_newest_first"] = layout.is_newest_first
        if request.POST.get("act") == "keep":
            keep_mapping(here.company, name, layout, by=name_in_records(request), today=here.today, at=here.at)
            messages.add_message(request, messages.SUCCESS, _("The layout is kept."), extra_tags="calm")
            return redirect(f"{reverse('office:layouts', args=[slug])}?name={name}")
        shown["preview"] = _preview(request, layout)
    except WrongLayout as refusal:
        wrong, status = {name: told(said) for name, said in refusal.wrong.items()}, 422
    except Incomplete as refusal:
        wrong, status = {"sample": str(refusal)}, 422
    shown |= {"wrong_name": wrong.get("name", ""), "wrong_sample": wrong.get("sample", "")}
    return _answer(layout_page(request, here, fields=fields_shown(values, wrong), **shown), status)


def _preview(request: HttpRequest, layout: BankLayout) -> object:
    check_layout(layout)
    sample = request.FILES.get("sample")
    if sample is None or sample.size is None or sample.size > FILE_MAX:
        raise Incomplete(_("Choose a file of the bank's, so that its first lines can be shown."))
    drivers = import_module(settings.DRIVERS)
    return drivers.bank_csv_preview(sample.read(), layout, file=sample.name or "file", most=PREVIEW_LINES)


def _layout(request: HttpRequest) -> BankLayout:
    texts = {
        name: request.POST.get(name, "").replace("\0", "")[:80]
        for name in LABELS
        if name not in {"header_lines", "is_newest_first"}
    }
    stripped = {
        name: text if name in {"delimiter", "thousands", "decimal"} else text.strip() for name, text in texts.items()
    }
    lines = request.POST.get("header_lines", "1").strip()
    if not lines.isascii() or not lines.isdecimal() or len(lines) > 3:
        raise WrongLayout({"header_lines": _("Write a whole number.")})
    return BankLayout(
        **stripped,
        header_lines=int(lines),
        is_newest_first=request.POST.get("is_newest_first") in {"1", "on"},
    )


def _accept(request: HttpRequest, here: Visit, entry_id: int, key: str) -> None:
    customer_id, parts, writes_off = _read_key(key)
    by = name_in_records(request)
    if len(parts) == 1:
        invoice_id, _amount_asked = parts[0]
        explain_payment(
            here.company,
            entry_id,
            invoice_id=invoice_id,
            by=by,
            today=here.today,
            at=here.at,
            writes_off=writes_off,
        )
        return
    rest = _rest_of(here, entry_id, parts)
    shares = [Share(Money(minor), invoice_id=invoice_id) for invoice_id, minor in parts]
    shares += [Share(rest, customer_id=customer_id)] if rest else []
    split_payment(here.company, entry_id, shares=tuple(shares), by=by, today=here.today, at=here.at)


def _rest_of(here: Visit, entry_id: int, parts: list[tuple[int, int]]) -> Money:
    found = entry(entry_id)
    if found is None or found.company_id != here.company.company_id:
        raise Incomplete(_("There is no such entry."))
    return found.amount - Money(sum(minor for _, minor in parts))


def _read_key(key: str) -> tuple[int, list[tuple[int, int]], bool]:
    """Return the customer, the invoices with their amounts, and whether a rest is written off, as the page wrote them."""
    try:
        customer, told, written_off = key.split("/")
        parts = [(int(one.split(":")[0]), int(one.split(":")[1])) for one in told.split(",") if one]
        return int(customer), parts, written_off == "1"
    except (ValueError, IndexError) as error:
        raise Incomplete(_("The form is not whole. Go back to the page and try again.")) from error


def _shares(request: HttpRequest, here: Visit) -> Iterator[Share]:
    for place in range(1, SHARES + 1):
        number, amount = _text(request, f"number_{place}"), _text(request, f"amount_{place}")
        if not number and not amount:
            continue
        if not number or not amount:
            raise Incomplete(_("Row %(place)s needs a number and an amount.") % {"place": place})
        yield _share(request, here, place, number, _amount(amount))


def _share(request: HttpRequest, here: Visit, place: int, number: str, amount: Money) -> Share:
    if request.POST.get(f"kind_{place}") == "customer":
        try:
            return Share(amount, customer_id=customer_numbered(here.company.company_id, number).customer_id)
        except NoSuchCustomer as refusal:
            raise Incomplete(told(refusal)) from refusal
    found = invoice_numbered(here.company.company_id, int(number)) if number.isascii() and number.isdecimal() else None
    if found is None or found.kind != "invoice":
        raise Incomplete(_("Row %(place)s: there is no invoice %(number)s.") % {"place": place, "number": number[:20]})
    return Share(amount, invoice_id=found.invoice_id)


def _amount(text: str) -> Money:
    try:
        return typed_amount(text)
    except NotAnAmount as refusal:
        raise Incomplete(_("%(text)s is no amount. Write it as 1250,00.") % {"text": text[:30]}) from refusal


def _answer(answer: HttpResponse, status: int) -> HttpResponse:
    answer.status_code = status
    return answer


def _text(request: HttpRequest, name: str) -> str:
    # The database takes no NUL, and nobody types one.
    return request.POST.get(name, "").replace("\0", "").strip()[:REASON_LETTERS_MAX]


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Incomplete(_("The form is not whole. Go back to the page and try again."))
    return int(text)


def _say(request: HttpRequest, text: str) -> None:
    messages.add_message(request, messages.SUCCESS, text, extra_tags="calm")
