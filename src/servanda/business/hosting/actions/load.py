"""A load that a node found exceptional: its owner is written to where the clause says so, and a person is told."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.decisions.concluding import agreed_value
from servanda.business.contracts.queries import deviations_of
from servanda.business.contracts.queries import line as line_of
from servanda.business.hosting import wording
from servanda.business.hosting.actions.tasks import open_task
from servanda.business.hosting.actions.writing import letter_to
from servanda.business.hosting.decisions.load import LIMITS, OF_CORES, OF_PROCESSES, is_beyond, look_at_load
from servanda.business.hosting.facts import LoadFound, ServiceFacts
from servanda.business.hosting.models import Task
from servanda.business.hosting.queries.services import services
from servanda.business.hosting.queries.terms import asked_of
from servanda.business.letters.actions import write_letters
from servanda.terms.clauses import UsageLimit
from servanda.terms.resolving import Answer

FIGURES = ("cpu_millicores", "processes")


def take_loads(
    company: CompanyFacts, told: Iterable[tuple[int, Mapping[str, int]]], *, today: date, at: datetime
) -> int:
    """Take in what a node told of loads, by service, and return how many are new. In the transaction of the report."""
    loads = {service_id: figures for service_id, figures in told if all(name in figures for name in FIGURES)}
    return sum(_take(company, service, loads[service.service_id], today=today, at=at) for service in services(loads))


def _take(
    company: CompanyFacts, service: ServiceFacts, figures: Mapping[str, int], *, today: date, at: datetime
) -> bool:
    load = _load(service, figures, today=today)
    if not is_beyond(load):
        return False
    row = Task.objects.select_for_update().filter(service_id=service.service_id, kind="load").order_by("-id").first()
    if row is not None and row.state != "done":
        _note(row, load, at=at)
        return False
    load = _load(service, figures, today=today, last_told_on=row.opened_on if row is not None else None)
    answer = limit_on_load(company, service, today=today)
    wanted = look_at_load(load, answer, service_id=service.service_id, today=today)
    if wanted is None:
        if row is not None:
            _note(row, load, at=at)
        return False
    facts = {"millicores": load.millicores, "processes": load.processes, "is_told": wanted.tells_customer}
    row = open_task(
        company,
        service,
        kind="load",
        key=wanted.key,
        because=wanted.because,
        facts={**facts, "seen_at": at.isoformat()},
        today=today,
        at=at,
    )
    if row is not None and wanted.tells_customer:
        words = wording.load_found(service.name, load.millicores, load.processes, company.name, company.email)
        letter = letter_to(
            company,
            service.customer_id,
            key=wanted.key,
            kind="load",
            words=words,
            because=wanted.because,
            today=today,
            at=at,
        )
        write_letters([letter])
    return row is not None


def limit_on_load(company: CompanyFacts, service: ServiceFacts, *, today: date) -> Answer[UsageLimit]:
    """Return what the terms say on a load, or else on any use beyond what was agreed."""
    answer = asked_of(company, service, UsageLimit, today=today, selector=(("of", "load"),))
    return (
        answer
        if answer.rule is not None
        else asked_of(company, service, UsageLimit, today=today, selector=(("of", "any"),))
    )


def _load(
    service: ServiceFacts, figures: Mapping[str, int], *, today: date, last_told_on: date | None = None
) -> LoadFound:
    agreed = deviations_of(line_of(service.line_id).contract_id)
    percent = agreed_value(agreed, about=LIMITS, name=OF_CORES, day=today)
    processes = agreed_value(agreed, about=LIMITS, name=OF_PROCESSES, day=today)
    return LoadFound(
        millicores=figures["cpu_millicores"],
        processes=figures["processes"],
        millicores_agreed=int(percent) * 10 if percent is not None and percent.isdecimal() else None,
        processes_agreed=int(processes) if processes is not None and processes.isdecimal() else None,
        last_told_on=last_told_on,
    )


def _note(row: Task, load: LoadFound, *, at: datetime) -> None:
    """Keep the newest moment and the highest figures of a load that was told before."""
    row.facts = {
        **row.facts,
        "millicores": max(int(row.facts["millicores"]), load.millicores),
        "processes": max(int(row.facts["processes"]), load.processes),
        "seen_at": at.isoformat(),
    }
    row.save(update_fields=["facts"])
