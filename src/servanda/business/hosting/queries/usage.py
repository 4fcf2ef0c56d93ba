"""Which services use more than was agreed, by the newest measurement: the evidence for a talk, or for a change of the line."""

from datetime import date, timedelta

import msgspec
from django.db import connection

from servanda.business.hosting.decisions.sizing import space_of
from servanda.business.hosting.decisions.true_up import use_found
from servanda.business.hosting.facts import Excess, UseFound
from servanda.business.hosting.queries.parts import allowances, parts_of_service, setup_of, usage_of
from servanda.ground.nodes.wanted import decode_statement

DAYS = 30  # that count when it is told for how long a use was beyond what was agreed

_NEWEST = """
select distinct on (u.key) s.id, s.name, u.key, p.body, u.day, u.figures::text
  from hosting_usage u join service s on s.id = u.service_id
  join hosting_part p on p.key = u.key and p.service_id = s.id and p.state = 'kept'
 where s.company_id = %s and s.state = 'running' and u.day >= %s and p.kind in ('site', 'database', 'mailbox')
 order by u.key, u.day desc
"""


def excesses(company_id: int, *, since: date, limit: int = 100) -> tuple[Excess, ...]:
    """Return the parts that use more space than was agreed, by the newest measurement of each: the furthest beyond first."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [company_id, since])
        for service_id, name, key, body, day, figures in cursor:
            space = space_of(decode_statement(body.encode()), msgspec.json.decode(figures, type=dict[str, int]))
            if space is not None and space[0] > space[1]:
                found.append(Excess(service_id=service_id, name=name, key=key, day=day, used=space[0], agreed=space[1]))
    return tuple(sorted(found, key=lambda one: one.agreed / one.used)[:limit])


def use_of(service_id: int, *, today: date) -> UseFound:
    """Return what a service uses now, by the newest measurement of each part and by what it consists of."""
    setup = setup_of(service_id)
    measured = usage_of(service_id, since=today - timedelta(days=DAYS))
    parts = [part for part in parts_of_service(service_id) if part.state == "kept"]
    given = {} if setup is None else {"mailboxes": setup.package.mailboxes * setup.quantity}
    return use_found(service_id, parts, measured, allowances(service_id), own_given=given)
