"""Time and letters: nothing before its day, nothing twice, no power from a letter whose fate is uncertain."""

from servanda.business.audit.facts import Enforced, Invariant
from servanda.business.audit.queries.cases import ACTS, DELIVERED
from servanda.business.audit.queries.scope import Scope

_OUTSIDE_WARRANT = """
select w.key, w.act, x.on_day, w.not_before, w.expires_on
  from evidence_warrant w join audited a on a.company_id = w.company_id
  join (select r.key, r.on_day from evidence_record r
        union
        select c.key, c.on_day from charge c
        union
        select h.warrant_key, h.placed_on from service_hold h) x on x.key = w.key
 where x.on_day < w.not_before or x.on_day >= w.expires_on
    or (w.issued_at at time zone 'Europe/Copenhagen')::date < w.not_before
"""

STEP_BACK_DAYS = 1  # transactions that begin before midnight and end after it may be recorded the other way round
STEP_BACK_MINUTES = 15  # as long as a transaction may have waited for another

_DAYS_BACK = f"""
select * from (
    select r.key, r.on_day, max(r.on_day) over (partition by r.company_id order by r.id
                                                rows between unbounded preceding and 1 preceding) as recorded_on_before
      from evidence_record r join audited a on a.company_id = r.company_id) told
 where told.on_day < told.recorded_on_before - {STEP_BACK_DAYS}
"""
_CLOCK_BACK = """
select c.slug as company, c.rounded_on, a.today
  from company c join audited a on a.company_id = c.id where c.rounded_on > a.today
"""
_BURSTS = """
select r.subject, r.on_day, count(*) as reminders
  from evidence_record r join audited a on a.company_id = r.company_id
 where r.what = 'reminder.written'
 group by 1, 2 having count(*) > 1
"""
_FEES_IN_ONE_DAY = """
select c.invoice_id as invoice, c.kind, c.on_day, count(*) as charges
  from charge c join audited a on a.company_id = c.company_id
 where c.kind in ('fee', 'compensation')
 group by 1, 2, 3 having count(*) > 1
"""

_STAMPS_BACK = f"""
select * from (
    select r.key, r.at, max(r.at) over (partition by r.company_id order by r.id
                                        rows between unbounded preceding and 1 preceding) as recorded_before
      from evidence_record r join audited a on a.company_id = r.company_id) told
 where told.at < told.recorded_before - interval '{STEP_BACK_MINUTES} minutes'
"""

_TWICE_DELIVERED = """
select split_part(l.key, ':again:', 1) as letter, count(*) as times
  from letter l join audited a on a.company_id = l.company_id
 where l.state = 'accepted' group by 1 having count(*) > 1
"""
_TWICE_UNDER_WAY = """
select split_part(l.key, ':again:', 1) as letter, count(*) as copies
  from letter l join audited a on a.company_id = l.company_id
 where l.state <> 'replaced' group by 1 having count(*) > 1
   and count(*) filter (where l.state = 'accepted') < 2
"""

_BEFORE_DELIVERY = f"""
select x.key as act, x.on_day, x.invoice_id as invoice, d.accepted_on as invoice_accepted_on
  from ({ACTS}) x join audited a on a.company_id = x.company_id
  left join ({DELIVERED}) d on d.letter = 'invoice:' || x.invoice_id
 where d.accepted_on is null or d.accepted_on > x.on_day
"""
_FEES_BEFORE_DELIVERY = f"""
select c.key as act, c.on_day, c.invoice_id as invoice, c.step, d.accepted_on as reminder_accepted_on
  from charge c join audited a on a.company_id = c.company_id
  left join ({DELIVERED}) d on d.letter = 'reminder:' || c.invoice_id || ':' || c.step
 where c.kind = 'fee' and (d.accepted_on is null or d.accepted_on > c.on_day)
"""
_COMPENSATION_BEFORE_DELIVERY = """
select c.key as act, c.on_day, c.invoice_id as invoice
  from charge c join audited a on a.company_id = c.company_id
 where c.kind = 'compensation'
   and not exists (select 1 from letter l where l.invoice_id = c.invoice_id and l.kind = 'reminder'
                      and l.state = 'accepted' and l.accepted_on <= c.on_day)
"""

_SERVICES_ASTRAY = """
select s.id as service, s.line_id as line, s.customer_id as customer, l.customer_id as buyer
  from service s join audited a on a.company_id = s.company_id join contract_line l on l.id = s.line_id
 where s.customer_id <> l.customer_id or s.company_id <> l.company_id or s.product_code <> l.product_code
"""

TIMES: tuple[Invariant[Scope], ...] = (
    Invariant(
        number=45,
        name="No act comes before its day, or after its warrant has expired",
        explanation_da="Skridtet er taget før den dag, fuldmagten gælder fra, eller efter at den er udløbet.",
        explanation_en="The act came before the first day of its warrant, or after it had expired.",
        enforced=(Enforced.ACTION, Enforced.CONSTRAINT),
        guards=("constraint a_warrant_has_a_time_to_be_used on evidence_warrant",),
        queries=(_OUTSIDE_WARRANT,),
    ),
    Invariant(
        number=46,
        name="A clock that jumps never lets a day come twice, and never presses two reminders into one day",
        explanation_da="Dagene går tilbage, eller flere rykkere er skrevet på samme dag.",
        explanation_en="The days go back, or several reminders were written on one day.",
        enforced=(Enforced.ACTION, Enforced.DECISION),
        queries=(_DAYS_BACK, _CLOCK_BACK, _BURSTS, _FEES_IN_ONE_DAY),
    ),
    Invariant(
        number=47,
        name="The moments of the evidence follow the order in which it was recorded",
        explanation_da="Et bevis har et tidspunkt før det foregående.",
        explanation_en="A record carries a moment before that of the record before it.",
        enforced=(Enforced.AUDIT,),
        queries=(_STAMPS_BACK,),
        not_yet="A logical clock with the incarnation of the database: the order is that of the record numbers.",
    ),
    Invariant(
        number=48,
        name="Each letter is delivered once at most, also when it had to be sent again",
        explanation_da="Det samme brev er sendt flere gange.",
        explanation_en="The same letter was sent more than once.",
        enforced=(Enforced.CONSTRAINT, Enforced.ACTION),
        guards=("unique letter(key)",),
        queries=(_TWICE_DELIVERED, _TWICE_UNDER_WAY),
    ),
    Invariant(
        number=49,
        name="A letter whose fate is uncertain gives no power over the customer",
        explanation_da="Der er taget et skridt, før brevet bag det beviseligt var kommet frem.",
        explanation_en="A step was taken before the letter it rests on was proven to have arrived.",
        enforced=(Enforced.DECISION, Enforced.CONSTRAINT),
        guards=(
            "constraint a_letter_is_in_a_known_state on letter",
            "constraint an_accepted_letter_has_its_day on letter",
        ),
        queries=(_BEFORE_DELIVERY, _FEES_BEFORE_DELIVERY, _COMPENSATION_BEFORE_DELIVERY),
    ),
    Invariant(
        number=54,
        name="A service is run once: for one line that was bought, and for its buyer",
        explanation_da="Ydelsen hører ikke til den linje eller kunde, den blev åbnet for.",
        explanation_en="The service does not belong to the line or the customer it was opened for.",
        enforced=(Enforced.CONSTRAINT,),
        guards=("unique service(line_id)",),
        queries=(_SERVICES_ASTRAY,),
        not_yet="On which node a service lives and under which uid: there are no nodes yet.",
    ),
)
