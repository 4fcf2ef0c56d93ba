"""Late payment: was anything adverse done without its clause, its letters and its days, or to somebody who had paid?"""

from servanda.business.audit.facts import Enforced, Invariant
from servanda.business.audit.queries.cases import ACTS
from servanda.business.audit.queries.ladders import (
    claims_off_course,
    holds_too_early,
    holds_too_wide,
    reminders_too_early,
)
from servanda.business.audit.queries.late_charges import charges_above_law, fees_too_many, interest_not_by_law
from servanda.business.audit.queries.scope import Scope

# What was open when the day began. Within one day rows do not tell what came first.
_SETTLED = f"""
select x.invoice_id as invoice, x.key as act, x.on_day, f.open_minor
  from ({ACTS}) x join audited a on a.company_id = x.company_id join invoice i on i.id = x.invoice_id
 cross join lateral (
       select i.total_minor
              - coalesce((select sum(t.amount_minor) from allocation t
                           where t.invoice_id = i.id and t.on_day < x.on_day), 0)
              + coalesce((select sum(c.amount_minor) from charge c
                           where c.invoice_id = i.id and c.on_day < x.on_day), 0) as open_minor) f
 where f.open_minor <= 0
"""
_PAUSED = f"""
select x.invoice_id as invoice, x.key as act, x.on_day, p.cause, p.since
  from ({ACTS}) x join audited a on a.company_id = x.company_id join dunning_pause p on p.invoice_id = x.invoice_id
 where p.since < x.on_day and (p.until is null or x.on_day < p.until)
   and (p.ended_on is null or x.on_day < p.ended_on)
"""

_HOLDS_OF_OTHERS = """
select h.id as hold, h.invoice_id as invoice, h.service_id as service, s.customer_id as customer,
       i.customer_id as debtor
  from service_hold h join service s on s.id = h.service_id join audited a on a.company_id = s.company_id
  left join invoice i on i.id = h.invoice_id
 where h.cause = 'payment' and i.customer_id is distinct from s.customer_id
"""

_HELD_THOUGH_PAID = """
select h.id as hold, h.service_id as service, s.customer_id as customer, h.invoice_id as invoice, h.placed_on
  from service_hold h join service s on s.id = h.service_id join audited a on a.company_id = s.company_id
 where h.cause = 'payment' and h.lifted_at is null and s.state = 'running'
   and not exists (select 1 from invoice i where i.customer_id = s.customer_id and i.kind = 'invoice'
                     and i.open_minor > 0 and i.due_on < a.today)
   and not exists (select 1 from charge c where c.customer_id = s.customer_id and c.open_minor > 0)
"""

_NOT_FOLLOWED = """
select i.id as invoice, i.number, i.due_on
  from invoice i join audited a on a.company_id = i.company_id
 where i.kind = 'invoice' and i.open_minor > 0 and i.due_on + 4 < a.today
   and not exists (select 1 from dunning_claim c where c.invoice_id = i.id)
"""
_FAILED = """
select c.invoice_id as invoice, c.look_again_on, c.waits_for
  from dunning_claim c join audited a on a.company_id = c.company_id
 where c.waits_for like 'parked: it failed%%'
"""
_STEPS_WITHOUT_ROWS = """
select r.key, r.on_day, 'recorded, but no such row' as problem
  from evidence_record r join audited a on a.company_id = r.company_id
 where (r.what in ('fee.charged', 'interest.charged', 'compensation.charged')
        and not exists (select 1 from charge c where c.key = r.key))
    or (r.what = 'hold.placed' and r.facts -> 'services' <> '[]'
        and not exists (select 1 from service_hold h where h.warrant_key = r.key))
    or (r.what = 'reminder.written' and not exists (select 1 from letter l where l.key = r.facts ->> 'letter'))
"""

CLAIMS: tuple[Invariant[Scope], ...] = (
    Invariant(
        number=21,
        name="Nothing adverse is done on an invoice that is paid, credited, disputed, in a payment plan or on hold by law",
        explanation_da="Der er taget et skridt mod en kunde, der havde betalt, eller hvis sag stod stille.",
        explanation_en="A step was taken against a customer who had paid, or whose case was paused.",
        enforced=(Enforced.DECISION, Enforced.ACTION),
        queries=(_SETTLED, _PAUSED),
    ),
    Invariant(
        number=22,
        name="A reminder comes no sooner than its clause says after the one before was accepted by the receiving server",
        explanation_da="Rykkeren kom, før fristen var gået, eller før den forrige var kommet frem.",
        explanation_en="The reminder came before its days had passed, or before the one before had arrived.",
        enforced=(Enforced.DECISION,),
        checks=(reminders_too_early,),
    ),
    Invariant(
        number=23,
        name="Fees and compensation keep to the law: how much, how many, how far apart, and from whom",
        explanation_da="Gebyret eller kompensationen er højere, hyppigere eller tættere, end loven tillader.",
        explanation_en="A fee or compensation is higher, more frequent or closer to another than the law allows.",
        enforced=(Enforced.DECISION,),
        guards=("unique charge(key)",),
        checks=(charges_above_law, fees_too_many),
    ),
    Invariant(
        number=24,
        name="Interest is what the law gives, to the øre",
        explanation_da="Renten er ikke den, loven eller den gyldige aftale giver.",
        explanation_en="The interest is not what the law, or the lawful clause, gives.",
        enforced=(Enforced.DECISION,),
        checks=(interest_not_by_law,),
    ),
    Invariant(
        number=25,
        name="No suspension or closure before its clause's day, without its notices, or on a day the banks are closed",
        explanation_da="Der er lukket for tidligt, uden de varsler aftalen kræver, eller på en lukkedag.",
        explanation_en="A service was closed too early, without the notices, or on a day the banks are closed.",
        enforced=(Enforced.DECISION,),
        checks=(holds_too_early,),
        not_yet="Allowed hours within a day: holds are placed by the rounds of a bank day.",
    ),
    Invariant(
        number=26,
        name="A suspension reaches only the services that its clause names for this debt, and only the debtor's",
        explanation_da="Der er lukket for mere, end aftalen tillader for denne gæld.",
        explanation_en="More was suspended than the clause allows for this debt.",
        enforced=(Enforced.DECISION,),
        queries=(_HOLDS_OF_OTHERS,),
        checks=(holds_too_wide,),
        not_yet="Receiving mail while suspended: there are no mailboxes yet.",
    ),
    Invariant(
        number=27,
        name="Paying ends it: no service is held for non-payment of a customer who owes nothing overdue",
        explanation_da="Kunden skylder intet forfaldent, men er stadig lukket.",
        explanation_en="The customer owes nothing overdue, and is still suspended.",
        enforced=(Enforced.ACTION,),
        guards=("constraint one_open_hold_per_cause on service_hold",),
        queries=(_HELD_THOUGH_PAID,),
        not_yet="How fast the machines follow: there are no nodes yet.",
    ),
    Invariant(
        number=29,
        name="Where a claim stands follows from the facts: derived again, no step would be missed",
        explanation_da="Sagen ville overse et skridt, eller bevis og rækker passer ikke sammen.",
        explanation_en="The claim would miss a step, or the evidence and the rows do not fit together.",
        enforced=(Enforced.DECISION, Enforced.AUDIT),
        queries=(_NOT_FOLLOWED, _FAILED, _STEPS_WITHOUT_ROWS),
        checks=(claims_off_course,),
    ),
)
