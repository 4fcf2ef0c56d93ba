"""The arrears of an invoice of the house in memory: gathered by the product's own function."""

from datetime import date

from servanda.business.dunning.decisions.gathering import gathered, reminded
from servanda.business.dunning.decisions.reading import ladder_terms
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.facts import AnswerFacts, Arrears
from servanda.simulation.house.state import Client, House


def arrears_of(house: House, client: Client, invoice_id: int, *, today: date) -> Arrears:
    """Return what is known of an invoice today."""
    return gathered(
        house.invoices[invoice_id],
        provider=house.world.provider,
        bank_known_until=house.bank_known_until,
        terms_of=house.terms_of,
        events=client.events.get(invoice_id, ()),
        letters=[client.letters[key] for key in client.letters_of.get(invoice_id, ())],
        services=client.services.values(),
        contracts=dict.fromkeys(client.lines, client.number),
        pauses=client.pauses.get(invoice_id, ()),
        answers=[AnswerFacts(one.key, one.state) for one in client.proposals.values() if one.invoice_id == invoice_id],
        reminders=reminded(client.reminding, (client.number,), today=today)[client.number],
        is_pending=is_pending(house, client, invoice_id),
        today=today,
    )


def is_pending(house: House, client: Client, invoice_id: int) -> bool:
    """Tell whether unexplained money of the client's may be for the invoice: it has the right amount."""
    invoice = house.invoices[invoice_id]
    amounts = {invoice.open_principal, invoice.open_total}
    waiting = (house.entries[entry_id] for entry_id in client.waiting)
    return any(entry.state == "suspense" and entry.amount in amounts for entry in waiting)


def ladder_terms_of(client: Client, arrears: Arrears) -> LadderTerms:
    services = frozenset(service.product for service in arrears.services)
    return ladder_terms(client.agreement, arrears.customer_kind, arrears.products, services, arrears.issued_on)
