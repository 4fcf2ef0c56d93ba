"""Sizes follow the plan that is ordered, and who comes near to what was agreed is told in time."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q

from servanda.business.catalogue.queries import prices_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.queries import line as line_of
from servanda.business.evidence.actions import record
from servanda.business.hosting import wording
from servanda.business.hosting.actions.touching import touch
from servanda.business.hosting.actions.true_up import look_at_uses, with_open_tasks
from servanda.business.hosting.actions.writing import letter_to
from servanda.business.hosting.decisions.sizing import resized, space_of, step_of
from servanda.business.hosting.models import Part, Setup, Usage
from servanda.business.hosting.queries.services import services
from servanda.business.hosting.queries.terms import asked_of
from servanda.business.letters.actions import unwritten, write_letters
from servanda.business.letters.facts import LetterDraft
from servanda.ground.nodes.wanted import decode_statement, encode
from servanda.terms.clauses import UsageLimit
from servanda.terms.packages import package_to_json


def follow_plans(company: CompanyFacts, *, today: date, at: datetime) -> int:
    """Give the services whose line is of another plan or number now the sizes of it, and return how many those are.

    What an order or a signed change made the line, its service becomes (compusoft-052). A plan that gives nothing of a server
    changes nothing.
    """
    same = Q(plan_code=F("service__line__plan_code"), quantity=F("service__line__quantity"))
    running = Setup.objects.filter(service__company_id=company.company_id, service__state="running")
    behind = list(running.exclude(same).order_by("id").values_list("pk", flat=True))
    plans = prices_of(company.company_id).plans if behind else {}
    followed = 0
    for setup_id in behind:
        with transaction.atomic():
            setup = Setup.objects.select_for_update(of=("self",)).select_related("service").get(pk=setup_id)
            line = line_of(setup.service.line_id)
            plan = plans.get(line.plan_code)
            if plan is None or plan.hosting is None:
                continue
            before = f"{setup.quantity} × {setup.plan_code}"
            setup.plan_code, setup.quantity = line.plan_code, line.quantity
            setup.package = package_to_json(plan.hosting)
            setup.save(update_fields=["plan_code", "quantity", "package"])
            for part in Part.objects.select_for_update().filter(service_id=setup.service_id).exclude(state="purged"):
                part.body = encode(resized(decode_statement(part.body.encode()), plan.hosting)).decode()
                part.ordered_by = part.ordered_by or f"line:{setup.service.line_id}"  # whose change it follows
                part.save(update_fields=["body", "ordered_by"])
            touch([setup.service_id])
            after = f"{setup.quantity} × {setup.plan_code}"
            record(
                company_id=company.company_id,
                key=f"service.resized:{setup.service_id}:{at.isoformat()}",
                what="service.resized",
                subject=f"service:{setup.service_id}",
                on_day=today,
                at=at,
                because=(),
                facts={"name": setup.service.name, "before": before, "after": after},
                customer_id=setup.service.customer_id,
            )
            look_at_uses(company, [setup.service_id], today=today, at=at)
            followed += 1
    return followed


def warn_of_space(company: CompanyFacts, rows: Iterable[Usage], *, today: date, at: datetime) -> int:
    """Write to those who have come to 80, 90 or 100 % of what was agreed, once a month for each step (compusoft-051).

    Nothing is stopped and nothing billed by it; what is beyond it is put to a person. Returns how many letters were written.
    """
    by_key = {row.key: row for row in rows}
    beyond = with_open_tasks({row.service_id for row in by_key.values()})
    steps: dict[str, tuple[Part, int, int, int]] = {}
    for part in Part.objects.filter(key__in=by_key, state="kept").order_by("id"):
        space = space_of(decode_statement(part.body.encode()), by_key[part.key].figures)
        step = step_of(*space) if space is not None else 0
        if space is not None and step:
            steps[f"storage:{part.pk}:{step}:{today:%Y-%m}"] = (part, step, *space)
            beyond |= {part.service_id} if space[0] > space[1] else set()
    look_at_uses(company, beyond, today=today, at=at)
    return write_letters(_warning(company, key, *steps[key], today=today, at=at) for key in sorted(unwritten(steps)))


def _warning(
    company: CompanyFacts, key: str, part: Part, step: int, used: int, agreed: int, *, today: date, at: datetime
) -> LetterDraft:
    (service,) = services([part.service_id])
    answer = asked_of(company, service, UsageLimit, today=today, selector=(("of", "storage"),))
    name = part.key.partition("/")[2] if part.kind in {"mailbox", "database"} else service.name
    words = wording.space_warning(name, step, used, agreed, company.name, company.email)
    record(
        company_id=company.company_id,
        key=key,
        what="storage.over" if step == 100 else "storage.near",
        subject=f"service:{part.service_id}",
        on_day=today,
        at=at,
        because=answer.because,
        facts={"part": part.pk, "percent": step, "used_bytes": used, "agreed_bytes": agreed},
        customer_id=service.customer_id,
    )
    return letter_to(
        company,
        service.customer_id,
        key=key,
        kind="storage",
        words=words,
        because=answer.because,
        today=today,
        at=at,
    )
