"""A customer's own copy of the agreement: the version that binds them, what each clause means for them, what is to come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from servanda.business.catalogue.facts import ListedProduct
from servanda.business.catalogue.queries import prices_of
from servanda.business.contracts.facts import ContractFacts, Deviation, LineFacts, SuccessionFacts
from servanda.business.contracts.queries import (
    contracts_of_customer,
    deviations_of,
    lines_of_customer,
    own_terms_of,
    successions_of,
)
from servanda.business.customers.facts import CustomerFacts
from servanda.business.library.queries import library_of
from servanda.faces.office.agreement_words import SUCCESSIONS, stamped
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.book import chapters_of, notes_of
from servanda.faces.office.showing.naming import customer_link
from servanda.faces.office.showing.redlines import redlines
from servanda.faces.office.showing.sections import compare_address, language_tabs, with_query
from servanda.faces.office.showing.undelivered import NOT_DELIVERED, undelivered_of
from servanda.faces.office.shown import Link, Tab
from servanda.faces.office.shown_agreement import CopyShown, SpecialShown, SuccessionShown
from servanda.faces.office.words import CUSTOMER_KINDS, language, word
from servanda.ground.calendar import legal_day
from servanda.terms.book import book_of
from servanda.terms.document import Agreement, Language
from servanda.terms.meaning import Meanings, Reader, meanings_of
from servanda.terms.redline import Redline, redline_of
from servanda.terms.versions import Library


@dataclass(frozen=True, slots=True)
class _Bound:
    """A contract with the lines that still run, and the version that binds it now."""

    contract: ContractFacts
    lines: tuple[LineFacts, ...]
    version: str


def copy_shown(visit: Visit, found: CustomerFacts, *, contract: str, asked: Language | None) -> CopyShown:
    """Return the customer's copy under one of their contracts; without a known one, under the newest that runs."""
    bound = _bound(found)
    if not bound:
        raise Http404(_("The customer has no contract."))
    one = next((each for each in bound if each.contract.number == contract), bound[0])
    library = library_of(visit.company.slug)
    danish = library.version(one.version)
    wanted: Language = asked or ("en" if found.language == "en" else "da")
    text = library.find(one.version, wanted) or danish
    sold = prices_of(visit.company.company_id).products
    meanings = meanings_of(danish, _reader(visit, one, text.language, sold))
    notes = notes_of(danish, on=visit.today, language=text.language, customer=one.contract.customer_kind)
    said = {number: tuple(map(str, meaning.said)) for number, meaning in meanings.clauses.items()}
    book = book_of(text, danish, notes=notes, meanings=said)
    why_not = {number: meaning.why_not for number, meaning in meanings.clauses.items() if meaning.why_not}
    address = reverse("office:customer-agreement", args=[visit.company.slug, found.number])
    accepted = one.contract.acceptance
    return CopyShown(
        customer=customer_link(found, visit.company.slug),
        kind=word(CUSTOMER_KINDS, one.contract.customer_kind),
        number=found.number,
        contract=one.contract.number,
        contracts=_contract_tabs(bound, one, address),
        name=book.name,
        version=one.version,
        language=text.language,
        languages=language_tabs(address, text.language, contract=one.contract.number),
        accepted_version=accepted.version,
        accepted_on=legal_day(accepted.at),
        products=tuple(_product_names(sold, one.lines, language()).values()),
        special=tuple(_special(each) for each in deviations_of(one.contract.contract_id) if each.about != "terms"),
        apart=tuple(map(str, meanings.apart)),
        chapters=chapters_of(book, is_house=False, why_not=why_not),
        house=chapters_of(book, is_house=True, why_not=why_not),
        legend=book.marks,
        folded=_folded(meanings, text),
        redline=redlines(_since_acceptance(library, accepted.version, one.version, text.language)),
        successions=_successions(visit, one.contract.contract_id, text.language),
        sha256=book.sha256,
    )


def _bound(found: CustomerFacts) -> tuple[_Bound, ...]:
    """Return the customer's contracts, those that run first, the newest first."""
    lines = lines_of_customer(found.customer_id)
    contracts = sorted(
        contracts_of_customer(found.customer_id),
        key=lambda contract: (contract.ended_on is None, contract.began_on, contract.contract_id),
        reverse=True,
    )
    return tuple(_with_lines(contract, lines) for contract in contracts)


def _with_lines(contract: ContractFacts, lines: Iterable[LineFacts]) -> _Bound:
    own = tuple(line for line in lines if line.contract_id == contract.contract_id)
    version = own[0].terms_version if own else contract.acceptance.version
    return _Bound(contract, tuple(line for line in own if not line.is_ended), version)


def _reader(visit: Visit, one: _Bound, text: Language, sold: Mapping[str, ListedProduct]) -> Reader:
    names = _product_names(sold, one.lines, text)
    return Reader(
        customer=one.contract.customer_kind,
        on=visit.today,
        language=text,
        products=tuple(names),
        product_names=names,
        deviations=own_terms_of(one.contract.contract_id, on=visit.today),
    )


def _product_names(known: Mapping[str, ListedProduct], lines: Iterable[LineFacts], text: str) -> Mapping[str, str]:
    codes = dict.fromkeys(line.product_code for line in lines)
    return {
        code: (known[code].name_da if text == "da" else known[code].name_en) if code in known else code
        for code in codes
    }


def _contract_tabs(bound: Iterable[_Bound], here: _Bound, address: str) -> tuple[Tab, ...]:
    tabs = tuple(
        Tab(each.contract.number, with_query(address, contract=each.contract.number), is_here=each is here)
        for each in bound
    )
    return tabs if len(tabs) > 1 else ()


def _special(deviation: Deviation) -> SpecialShown:
    """Return a special agreement; one that is over stays to be seen, with its last day."""
    return SpecialShown(
        text=f"{deviation.name}: {deviation.value}",
        since=deviation.since,
        last_day=deviation.until - timedelta(days=1) if deviation.until is not None else None,
        reason=deviation.reason,
    )


def _folded(meanings: Meanings, text: Agreement) -> int:
    numbers = {clause.number for clause in text.clauses}
    return sum(not meaning.concerns for number, meaning in meanings.clauses.items() if number in numbers)


def _since_acceptance(library: Library, accepted: str, bound: str, text: Language) -> Redline:
    old, new = library.version(accepted), library.version(bound)
    before, after = library.find(accepted, text), library.find(bound, text)
    if before is None or after is None:
        before, after = old, new
    return redline_of(before, after, old_rules=old, new_rules=new)


def _successions(visit: Visit, contract_id: int, text: Language) -> tuple[SuccessionShown, ...]:
    """Return what new versions mean to the contract, the newest first."""
    found = tuple(reversed(successions_of(contract_id)))
    undelivered = undelivered_of(visit.company.company_id) if any(one.told_on is None for one in found) else None
    return tuple(
        _succession(visit, one, text, state=undelivered.state_of(one) if undelivered is not None else one.state)
        for one in found
    )


def _succession(visit: Visit, succession: SuccessionFacts, text: Language, *, state: str) -> SuccessionShown:
    address = reverse("office:change", args=[visit.company.slug, succession.change_id])
    has_days = state != NOT_DELIVERED  # a notice that did not arrive sets no day
    is_waiting = succession.is_open and succession.left_on is None
    return SuccessionShown(
        succession_id=succession.succession_id,
        from_version=succession.from_version,
        to_version=succession.to_version,
        stamp=stamped(SUCCESSIONS, state),
        has_days=has_days,
        effect_on=succession.effect_on if has_days else None,
        leave_until=succession.leave_until if has_days else None,
        told_on=succession.told_on,
        accepted_on=succession.accepted_on,
        left_on=succession.left_on,
        bound_on=succession.bound_on,
        because=succession.because,
        compared=compare_address(visit, succession.from_version, succession.to_version, language=text),
        change=Link(_("The change"), address),
        may_leave=is_waiting and succession.leave_until is not None,
        may_accept=is_waiting and succession.accepted_on is None,
    )
