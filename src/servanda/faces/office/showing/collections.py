"""What is collected: agreements, orders that are on their way, what became of them, and what fits nothing."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from servanda.business.collecting.actions.hearing import (
    ANOTHER_AMOUNT,
    ANOTHER_CUSTOMER,
    NO_CUSTOMER,
    NOT_PAID,
    PAID_TWICE,
    UNKNOWN,
)
from servanda.business.collecting.actions.ordering import SILENT
from servanda.business.collecting.facts import (
    WAITING,
    CollectionFacts,
    CollectionState,
    MandateFacts,
    MandateKind,
)
from servanda.business.collecting.queries import (
    collections_of,
    collections_of_invoice,
    creditors_of,
    mandates_of,
    mandates_of_customer,
    unexplained_news,
)
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import customers
from servanda.business.ledger.facts import Account
from servanda.business.ledger.queries import balances_of_accounts
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.naming import customer_link
from servanda.faces.office.shown import Link, Stamp
from servanda.faces.office.shown_collections import (
    CollectionShown,
    CollectionsShown,
    MandatePanel,
    MandateShown,
    NewsShown,
)
from servanda.faces.office.words import language, word
from servanda.ground.calendar import day_text
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind

PROVIDERS: Mapping[str, str] = {
    MandateKind.BETALINGSSERVICE: gettext_noop("Betalingsservice"),
    MandateKind.MOBILEPAY: gettext_noop("MobilePay"),
}
STATES: Mapping[CollectionState, tuple[str, str]] = {
    CollectionState.DUE: (gettext_noop("Is handed over next"), "note"),
    CollectionState.ORDERED: (gettext_noop("Handed over"), "note"),
    CollectionState.PAID: (gettext_noop("Collected"), "calm"),
    CollectionState.REJECTED: (gettext_noop("Refused by the customer"), "warn"),
    CollectionState.CANCELLED: (gettext_noop("Cancelled"), "warn"),
    CollectionState.FAILED: (gettext_noop("Without cover"), "warn"),
    CollectionState.REVERSED: (gettext_noop("Taken back"), "stop"),
    CollectionState.SILENT: (gettext_noop("Nothing was heard"), "stop"),
    CollectionState.DROPPED: (gettext_noop("Not handed over"), "note"),
}
PROBLEMS: Mapping[str, str] = {
    UNKNOWN: gettext_noop("It names no order of ours. If it brought money, that waits among the payments."),
    ANOTHER_CUSTOMER: gettext_noop("It names an order of ours under another agreement. Ask the provider."),
    ANOTHER_AMOUNT: gettext_noop("Another amount than was ordered came. It is booked as it came."),
    PAID_TWICE: gettext_noop("The order was paid before. The second payment is the customer's credit."),
    NOT_PAID: gettext_noop("A payment was taken back that was never told. Ask the provider."),
    NO_CUSTOMER: gettext_noop("An agreement names a customer number that nobody has."),
    SILENT: gettext_noop("No outcome came in its time. Ask the provider; dunning goes on."),
}
ENDED_BY: Mapping[str, str] = {
    "customer": gettext_noop("ended by the customer"),
    "bank": gettext_noop("ended by the customer's bank"),
    "creditor": gettext_noop("ended by us"),
    "us": gettext_noop("ended by us"),
    "provider": gettext_noop("ended by the provider"),
    "replaced": gettext_noop("replaced by another one"),
}


def collections_shown(visit: Visit) -> CollectionsShown:
    """Return the page of a company's collections."""
    company_id = visit.company.company_id
    found, mandates = collections_of(company_id), mandates_of(company_id)
    people = customers({*(one.customer_id for one in found), *(one.customer_id for one in mandates)})
    shown = {one.collection_id: _collection(one, people, visit) for one in found}
    coming = sorted((one for one in found if one.state in WAITING), key=lambda one: one.collect_on)
    return CollectionsShown(
        coming=tuple(shown[one.collection_id] for one in coming),
        to_see=tuple(one for one in shown.values() if one.is_problem),
        news=tuple(
            NewsShown(one.news_id, word(PROVIDERS, one.kind), word(PROBLEMS, one.problem), one.key, one.amount, one.on)
            for one in unexplained_news(company_id)
        ),
        done=tuple(shown[one.collection_id] for one in found if one.state not in WAITING),
        mandates=tuple(_mandate(one, people, visit) for one in mandates),
        at_providers=balances_of_accounts(company_id).get(Account.CLEARING, Money(0)),
        creditors=tuple((word(PROVIDERS, one.kind), one.number) for one in creditors_of(company_id)),
    )


def mandate_panel(visit: Visit, customer: CustomerFacts) -> MandatePanel | None:
    """Return by which agreement a customer is collected from; nothing where the company collects from nobody."""
    creditors = creditors_of(visit.company.company_id)
    if not creditors:
        return None
    found = mandates_of_customer(customer.customer_id)
    people = {customer.customer_id: customer}
    has_active = any(one.is_active_on(visit.today) for one in found)
    return MandatePanel(
        mandates=tuple(_mandate(one, people, visit) for one in found),
        kinds=tuple((str(one.kind), word(PROVIDERS, one.kind)) for one in creditors),
        has_active=has_active,
        asks_consumer=customer.kind is CustomerKind.CONSUMER and bool(found) and not has_active,
    )


def collection_note(invoice_id: int) -> str:
    """Return in words how an invoice is collected, or nothing."""
    found = next(iter(collections_of_invoice(invoice_id)), None)
    if found is None:
        return ""
    provider, day = word(PROVIDERS, found.kind), day_text(found.outcome_on or found.collect_on, language())
    if found.state in WAITING:
        return _("%(provider)s collects it on %(day)s. Nobody is reminded of it before.") % {
            "provider": provider,
            "day": day,
        }
    return f"{provider}: {_(STATES[found.state][0])}, {day}."


def _collection(found: CollectionFacts, people: Mapping[int, CustomerFacts], visit: Visit) -> CollectionShown:
    text, tone = STATES[found.state]
    slug = visit.company.slug
    return CollectionShown(
        collection_id=found.collection_id,
        customer=customer_link(people[found.customer_id], slug),
        invoice=Link(str(found.invoice_number), reverse("office:invoice", args=[slug, found.invoice_number])),
        provider=word(PROVIDERS, found.kind),
        amount=found.amount,
        collect_on=found.collect_on,
        hand_over_by=found.hand_over_by,
        outcome_on=found.outcome_on,
        state=Stamp(_(text), tone),
        note=word(PROBLEMS, found.problem) if found.problem else found.reason,
        is_problem=bool(found.problem),
    )


def _mandate(found: MandateFacts, people: Mapping[int, CustomerFacts], visit: Visit) -> MandateShown:
    return MandateShown(
        mandate_id=found.mandate_id,
        customer=customer_link(people[found.customer_id], visit.company.slug),
        provider=word(PROVIDERS, found.kind),
        number=found.number,
        since=found.since,
        until=found.until,
        note=word(ENDED_BY, found.ended_by) if found.ended_by else "",
    )
