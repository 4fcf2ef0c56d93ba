"""What the terms that bind a line say when it ends, what becomes of its data, and whether its buyer asked to begin at once."""

from datetime import date

from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.facts import LineFacts
from servanda.business.contracts.queries import own_terms_of_lines
from servanda.business.evidence.queries import events_among
from servanda.business.hosting.decisions.deletion import purge_on
from servanda.business.hosting.facts import DataAfterwards
from servanda.business.library.queries import version_of
from servanda.terms.clauses import Deletion
from servanda.terms.resolving import Answer, Deviation, R, ask


def asked_of_line(
    company: CompanyFacts,
    line: LineFacts,
    kind: type[R],
    own_terms: tuple[Deviation, ...],
    *,
    today: date,
    counted_from: str = "",
) -> Answer[R]:
    """Return what the version that binds a line says of a question, with what was agreed for its contract."""
    agreement = version_of(company.slug, line.terms_version)
    selector = (("counted_from", counted_from),) if counted_from else ()
    return ask(
        agreement,
        kind,
        on=today,
        product=line.product_code,
        customer=line.customer_kind,
        selector=selector,
        deviations=own_terms,
    )


def data_afterwards(company: CompanyFacts, line: LineFacts, *, ended_on: date, today: date) -> DataAfterwards:
    """Return until when the data of a line's service are kept after its last day, and by which clause."""
    own_terms = own_terms_of_lines([line]).get(line.contract_id, ())
    answer = asked_of_line(company, line, Deletion, own_terms, today=today, counted_from="contract end")
    kept_until = purge_on(answer.rule, ended_on=ended_on) if answer.rule is not None else None
    return DataAfterwards(kept_until=kept_until, because=answer.because)


def start_request_of(contract_id: int) -> str:
    """Return where a consumer's express wish to begin at once is found; nothing where they did not ask for it."""
    for event in events_among([f"order.placed:{contract_id}"]):
        if event.facts.get("starts_now"):
            return event.key
    return ""
