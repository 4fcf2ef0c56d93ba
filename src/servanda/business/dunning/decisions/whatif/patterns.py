"""Which invoices are treated alike? One pair of ladders for each pattern of rules, services and days, made when first asked for.

The rules of an agreement change with the day only where the law does. So they are asked for on the first and on the last day
that is looked at, and day by day only where those two differ.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from servanda.business.billing.decisions.payment import due_on, term_for
from servanda.business.billing.decisions.reading import billing_terms_of
from servanda.business.billing.decisions.terms import BillingTerms, RuledTerm
from servanda.business.billing.facts import PastInvoice
from servanda.business.dunning.decisions.reading import ladder_terms
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.decisions.whatif.cases import CompanyCase
from servanda.business.dunning.decisions.whatif.comparing import Pair
from servanda.business.dunning.decisions.whatif.ladders import Followed, Ladder, Services
from servanda.terms.clauses import CustomerKind
from servanda.terms.document import Agreement
from servanda.terms.resolving import Deviation


class Matter(NamedTuple):
    """What the rules of an invoice depend on beside the agreement: whom it is to, what it is over, what was agreed apart."""

    customer_kind: CustomerKind
    products: frozenset[str]
    services: Services
    own_terms: tuple[Deviation, ...]


class Patterns:
    """The pairs of ladders that were needed so far, for the agreements of a company and a draft."""

    def __init__(self, case: CompanyCase, draft: Agreement, *, far: date) -> None:
        self._versions = case.versions
        self._draft = draft
        self._ends = (case.since, case.until)
        self._far = far
        self._codes = frozenset(case.prices.products).union(*{invoice.products for invoice in case.invoices})
        self._pairs: dict[tuple[object, ...], Pair] = {}
        self._ladders: dict[tuple[object, ...], Ladder] = {}
        self._rules: dict[tuple[str, str, Matter], LadderTerms | None] = {}
        self._same: dict[LadderTerms, LadderTerms] = {}

    def of_past(self, invoice: PastInvoice, services: Services) -> Pair:
        """Return the ladders of an invoice that was issued and received; its day of issue is history."""
        key = (invoice[3:10], invoice.own_terms, services)  # from the customer's kind to how the term was agreed
        found = self._pairs.get(key)
        if found is None:
            found = self._pairs[key] = self._past_pair(invoice, services)
        return found

    def of_coming(self, matter: Matter, version: str, *, days: tuple[date, date]) -> Pair:
        """Return the ladders of an invoice to come; `days` are those of its issue under the old terms and by the draft."""
        key = (matter, version, days)
        found = self._pairs.get(key)
        if found is None:
            sides = zip((self._versions[version], self._draft), days, strict=True)
            found = self._pairs[key] = Pair(*(self._coming_ladder(agreement, matter, day) for agreement, day in sides))
        return found

    def billing(
        self, version: str, kind: CustomerKind, own_terms: tuple[Deviation, ...], *, on: date
    ) -> tuple[BillingTerms, BillingTerms]:
        """Return the billing rules of a version and of the draft; what was agreed with a customer goes before both."""
        old, new = (self._billing(one, kind, own_terms, on) for one in (self._versions[version], self._draft))
        return old, new

    def _billing(
        self, agreement: Agreement, kind: CustomerKind, own_terms: tuple[Deviation, ...], on: date
    ) -> BillingTerms:
        day = on if own_terms else agreement.effective_on
        return billing_terms_of(agreement, kind, self._codes, day, own_terms)

    def _past_pair(self, invoice: PastInvoice, services: Services) -> Pair:
        assert invoice.received_on is not None, "an invoice whose delivery is not proven has no ladder"
        matter = Matter(invoice.customer_kind, invoice.products, services, invoice.own_terms)
        billing = self.billing(invoice.terms_version, matter.customer_kind, matter.own_terms, on=invoice.issued_on)
        before, after = (term_for(sorted(matter.products), terms) for terms in billing)
        printed = _Due(_due_as_received(invoice, before), invoice.is_term_agreed)
        by_draft = _due_by_draft(invoice, before, after, printed)
        days = (invoice.issued_on, invoice.received_on)
        old = self._ladder(self._versions[invoice.terms_version], matter, days=days, due=printed)
        return Pair(old, self._ladder(self._draft, matter, days=days, due=by_draft))

    def _coming_ladder(self, agreement: Agreement, matter: Matter, issued_on: date) -> Ladder:
        billing = self._billing(agreement, matter.customer_kind, matter.own_terms, issued_on)
        due = _due(term_for(sorted(matter.products), billing), issued_on=issued_on, received_on=issued_on)
        return self._ladder(agreement, matter, days=(issued_on, issued_on), due=due)

    def _ladder(self, agreement: Agreement, matter: Matter, *, days: tuple[date, date], due: "_Due") -> Ladder:
        issued_on, received_on = days
        rules = self._rules_of(agreement, matter, issued_on)
        key = (id(rules), matter.services, days, due)  # rules that are the same are one object, kept in `_same`
        found = self._ladders.get(key)
        if found is None:
            followed = Followed(
                terms=rules,
                customer_kind=matter.customer_kind,
                services=matter.services,
                issued_on=issued_on,
                received_on=received_on,
                due_on=due.on,
                is_term_agreed=due.is_agreed,
            )
            found = self._ladders[key] = Ladder(followed, far=self._far)
        return found

    def _rules_of(self, agreement: Agreement, matter: Matter, on: date) -> LadderTerms:
        if matter.own_terms:  # they hold for some days only
            return self._read(agreement, matter, on)
        key = (agreement.sha256, agreement.version, matter)
        if key not in self._rules:
            first, last = (self._read(agreement, matter, day) for day in self._ends)
            self._rules[key] = first if first is last else None
        return self._rules[key] or self._read(agreement, matter, on)

    def _read(self, agreement: Agreement, matter: Matter, on: date) -> LadderTerms:
        codes = frozenset(product for product, _, _ in matter.services)
        rules = ladder_terms(agreement, matter.customer_kind, matter.products, codes, on, matter.own_terms)
        return self._same.setdefault(rules, rules)


@dataclass(frozen=True, slots=True)
class _Due:
    """The last day for payment, and whether it was agreed: if not, the law counts interest from later."""

    on: date | None
    is_agreed: bool


def _due(term: RuledTerm | None, *, issued_on: date, received_on: date) -> _Due:
    if term is None:
        return _Due(None, is_agreed=False)
    return _Due(due_on(term, issued_on=issued_on, received_on=received_on), is_agreed=not term.is_house)


def _due_as_received(invoice: PastInvoice, term: RuledTerm | None) -> date | None:
    """Return the printed due day, or a later one where the term counts from a receipt that came late."""
    assert invoice.received_on is not None
    if invoice.due_on is None or term is None or invoice.received_on <= invoice.issued_on:
        return invoice.due_on
    return max(invoice.due_on, due_on(term, issued_on=invoice.issued_on, received_on=invoice.received_on))


def _due_by_draft(invoice: PastInvoice, before: RuledTerm | None, after: RuledTerm | None, printed: _Due) -> _Due:
    """Return the due day under the draft: by its payment term, or as printed where the term is the same."""
    assert invoice.received_on is not None
    if _said(before) == _said(after):
        return printed
    return _due(after, issued_on=invoice.issued_on, received_on=invoice.received_on)


def _said(term: RuledTerm | None) -> tuple[object, ...]:
    return (term.rule.days, term.rule.counted_from, term.is_house) if term is not None else ()
