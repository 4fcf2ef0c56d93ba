"""A customer's agreements and the ways out of each: the day, the clause, the money, the data."""

import hashlib

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from servanda.business.billing.decisions.refunds import AskWhatGoesBack, TimeStep
from servanda.business.billing.wording import time_reckoning
from servanda.business.catalogue.queries import prices_of
from servanda.business.contracts.facts import LineFacts, NoticeReceipt
from servanda.business.contracts.queries import contracts_of_customer, lines_of_customer, notices_of_line
from servanda.business.dunning.queries.leaving import WayOut, withdrawal_preview
from servanda.business.letters.queries import letters_of_customer
from servanda.faces.portal.shown import AgreementRow, MoneyRow, ReceiptShown, Stamp, WayOutShown
from servanda.faces.portal.visiting import Visit
from servanda.ground.calendar import day_text
from servanda.ground.citation import texts_of
from servanda.ground.law.consumers import withdrawal_ends_on
from servanda.ground.money import money_text


def agreements_shown(here: Visit) -> tuple[AgreementRow, ...]:
    """Return what the customer has agreed to, what still runs first."""
    languages = {one.contract_id: one.acceptance.language for one in contracts_of_customer(here.customer_id)}
    lines = sorted(lines_of_customer(here.customer_id), key=lambda one: (one.is_ended, one.line_id))
    return tuple(_row(here, line, language=languages[line.contract_id]) for line in lines if line.interval_months)


def withdrawable(here: Visit) -> tuple[AgreementRow, ...]:
    """Return the agreements that a consumer can still withdraw from."""
    return tuple(row for row in agreements_shown(here) if row.withdraw)


def way_out_shown(here: Visit, out: WayOut) -> WayOutShown:
    """Return what would follow, with a seal over all of it."""
    money = tuple(_money(step) for step in out.money)
    data = _data(here, out)
    said = (out.ends_on, out.must_confirm, *(row.sentence for row in money), data)
    return WayOutShown(
        line_id=out.line.line_id,
        name=line_name(here, out.line),
        contract=out.line.contract_number,
        ends_on=out.ends_on,
        must_confirm=out.must_confirm,
        clauses=", ".join(texts_of(out.because)),
        money=money,
        data=data,
        data_clauses=", ".join(texts_of(out.data.because)) if out.data is not None else "",
        is_start_requested=out.is_start_requested,
        seal=hashlib.sha256(repr(said).encode()).hexdigest()[:32],
    )


def receipt_shown(here: Visit, line: LineFacts) -> ReceiptShown | None:
    """Return the receipt of the newest notice that stands on a line."""
    notices = notices_of_line(line.line_id)
    if not notices:
        return None
    newest = notices[-1]
    letter = next((one for one in letters_of_customer(here.customer_id) if _is_its_receipt(one.key, newest)), None)
    return ReceiptShown(
        name=line_name(here, line),
        contract=line.contract_number,
        given_on=newest.given_on,
        ends_on=newest.ends_on,
        must_confirm=newest.is_draft,
        is_withdrawal=letter is not None and letter.kind == "withdrawal",
        clauses=", ".join(texts_of(newest.because)),
        paragraphs=tuple(letter.text.strip().split("\n\n")) if letter is not None else (),
        recipient=letter.recipient if letter is not None else "",
        document=here.address("document", letter.letter_id) if letter is not None and letter.document_sha256 else "",
    )


def line_name(here: Visit, line: LineFacts) -> str:
    """Return a line as the customer knows it: the plan, and what it is for."""
    prices = prices_of(here.company.company_id)
    plan = prices.name_of(line.plan_code, _language()) if line.plan_code in prices.plans else line.plan_code
    return f"{plan}: {line.description}" if line.description else plan


def _is_its_receipt(key: str, notice: NoticeReceipt) -> bool:
    return key == f"withdrawal:{notice.notice_id}" or key.startswith(f"notice:{notice.notice_id}:")


def _row(here: Visit, line: LineFacts, *, language: str) -> AgreementRow:
    has_notice = bool(notices_of_line(line.line_id))
    may_withdraw = withdrawal_preview(here.company, line, today=here.today) is not None
    may_end = not line.is_ended and line.until is None and not line.has_open_question
    return AgreementRow(
        name=line_name(here, line),
        contract=line.contract_number,
        since=line.began_on,
        version=line.terms_version,
        terms=f"{here.address('terms', line.terms_version)}?language={language}",
        stamp=_stamp(line),
        end=here.address("end", line.line_id) if may_end else "",
        withdraw=here.address("withdraw", line.line_id) if may_withdraw else "",
        withdraw_until=withdrawal_ends_on(line.concluded_on) if may_withdraw else None,
        receipt=here.address("receipt", line.line_id) if has_notice else "",
    )


def _stamp(line: LineFacts) -> Stamp:
    if line.is_ended:
        return Stamp(_("Ended"), "note")
    if line.has_open_question:
        return Stamp(_("A person answers"), "warn")
    if line.until is not None:
        return Stamp(_("Ends"), "warn")
    return Stamp(_("Runs"), "calm")


def _money(step: TimeStep) -> MoneyRow:
    values = {"amount": money_text(step.amount, _language()), "number": step.time.invoice_number}
    if isinstance(step, AskWhatGoesBack):
        text = _("A person decides whether %(amount)s of invoice %(number)s goes back.") % values
    else:
        text = _("%(amount)s of invoice %(number)s goes back, and the VAT on it.") % values
    return MoneyRow(
        sentence=text, reckoning=time_reckoning(step, _language()), clauses=", ".join(texts_of(step.because))
    )


def _data(here: Visit, out: WayOut) -> str:
    if out.data is None:
        return _("Nothing happens with your data before a day is settled.")
    if out.data.kept_until is None:
        return _("The terms do not say how long your data are kept. Fetch them before the last day.")
    day = day_text(out.data.kept_until, _language())
    return _("Your data are kept until %(day)s, and can be fetched until then. After that they may be deleted.") % {
        "day": day
    }


def _language() -> str:
    return "en" if (get_language() or "da").startswith("en") else "da"
