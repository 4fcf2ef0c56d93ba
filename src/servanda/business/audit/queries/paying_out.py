"""Money that leaves the house: never more than came, to where it came from, and by the word of different persons."""

from servanda.business.audit.facts import Enforced, Invariant
from servanda.business.audit.queries.scope import Scope

# What was paid back to an account, or is on its way there, against what came from it. The same account may be written
# in two ways, so the digits of registration and account number are what is compared.
_BEYOND_ACCOUNT = """
with paid as (
  select p.customer_id, right(p.account, 14) as account, sum(p.amount_minor) as paid_minor
    from payout p join audited a on a.company_id = p.company_id
   where p.source = 'payment' and p.state in ('approved', 'ordered', 'seen') group by 1, 2)
select paid.customer_id as customer, paid.account, paid.paid_minor, coalesce(sum(b.amount_minor), 0) as received_minor
  from paid left join bank_entry b on b.customer_id = paid.customer_id and b.amount_minor > 0
   and b.state in ('matched', 'reversed')
   and case when b.payer_account ~ '^[0-9 .-]{5,20}$'
            then substr(regexp_replace(b.payer_account, '[^0-9]', '', 'g'), 1, 4)
              || lpad(substr(regexp_replace(b.payer_account, '[^0-9]', '', 'g'), 5), 10, '0')
            else right(regexp_replace(b.payer_account, '[^A-Z0-9]', '', 'g'), 14) end = paid.account
 group by 1, 2, 3 having paid.paid_minor > coalesce(sum(b.amount_minor), 0)
"""
_BEYOND_CUSTOMER = """
select p.customer_id as customer, sum(p.amount_minor) as paid_minor, coalesce(r.received, 0) as received_minor
  from payout p join audited a on a.company_id = p.company_id
  left join (select customer_id, sum(amount_minor) as received from bank_entry
              where amount_minor > 0 and state in ('matched', 'reversed') group by 1) r on r.customer_id = p.customer_id
 where p.state in ('approved', 'ordered', 'seen')
 group by 1, 3 having sum(p.amount_minor) > coalesce(r.received, 0)
"""
# What was taken from the customer's credit is what the payout is over, and is back where it did not happen.
_CREDIT_TAKEN = """
select p.id as payout, p.state, p.amount_minor, coalesce(u.taken, 0) as taken_minor
  from payout p join audited a on a.company_id = p.company_id
  left join (select split_part(key, ':', 2)::bigint as payout_id, sum(amount_minor) as taken
               from credit_use where starts_with(key, 'payout:') group by 1) u on u.payout_id = p.id
 where coalesce(u.taken, 0) <> case when p.state in ('approved', 'ordered', 'seen') then p.amount_minor else 0 end
"""
# The account of payouts has what was ordered and not seen yet.
_ON_THE_WAY = """
select a.company_id as company, coalesce(l.booked, 0) as booked_minor, coalesce(o.waiting, 0) as on_the_way_minor
  from audited a
  left join (select company_id, -sum(amount_minor) as booked from ledger_posting where account = 'payouts' group by 1) l
         on l.company_id = a.company_id
  left join (select company_id, sum(amount_minor) as waiting from payout
              where state in ('approved', 'ordered') or (state = 'returned' and seen_entry_id is null) group by 1) o
         on o.company_id = a.company_id
 where coalesce(l.booked, 0) <> coalesce(o.waiting, 0)
"""
_FILES = """
select f.id as file, f.number, f.total_minor, f.count, coalesce(sum(p.amount_minor), 0) as payouts_minor, count(p.id) as payouts
  from payout_batch f join audited a on a.company_id = f.company_id left join payout p on p.batch_id = f.id
 group by f.id
having coalesce(sum(p.amount_minor), 0) <> f.total_minor or count(p.id) <> f.count
    or encode(sha256(f.content), 'hex') <> f.sha256
"""

_TOO_FEW = """
select p.id as payout, p.state, p.approvals_needed, count(distinct y.by) as persons
  from payout p join audited a on a.company_id = p.company_id left join payout_approval y on y.payout_id = p.id
 where p.state not in ('proposed', 'declined')
 group by p.id having count(distinct y.by) < p.approvals_needed or count(distinct y.by) < 2
"""
_OWN_PROPOSAL = """
select c.id as proposal, c.act, c.proposed_by from terms_change_proposal c join audited a on a.company_id = c.company_id
 where c.state = 'confirmed' and c.settled_by = c.proposed_by
"""
_PUBLISHED_ALONE = """
select t.id as version, t.version, t.published_by from published_terms t join audited a on a.company_id = t.company_id
 where (select count(distinct who) from jsonb_array_elements_text(t.published_by) who) = 1
"""

PAYING_OUT: tuple[Invariant[Scope], ...] = (
    Invariant(
        number=10,
        name="No more is paid back than was received, to the account it came from or by a third yes, and the books say so",
        explanation_da="Der er udbetalt mere, end der kom ind, eller bogføringen svarer ikke til udbetalingerne.",
        explanation_en="More was paid back than came in, or the books differ from the payouts.",
        enforced=(Enforced.CONSTRAINT, Enforced.ACTION),
        guards=(
            "trigger payout_kept on payout",
            "trigger credit_use_append_only on credit_use",
            "trigger payout_batch_append_only on payout_batch",
            "constraint a_payout_elsewhere_has_evidence_and_a_third_yes on payout",
            "constraint what_was_ordered_stands_in_a_file on payout",
            "constraint a_use_of_credit_has_one_source on credit_use",
        ),
        queries=(_BEYOND_ACCOUNT, _BEYOND_CUSTOMER, _CREDIT_TAKEN, _ON_THE_WAY, _FILES),
    ),
    Invariant(
        number=74,
        name="What takes two persons was decided by two different ones",
        explanation_da="Noget, der kræver to personer, er afgjort af én.",
        explanation_en="Something that takes two persons was decided by one.",
        enforced=(Enforced.CONSTRAINT, Enforced.ACTION),
        guards=(
            "trigger payout_approval_append_only on payout_approval",
            "constraint one_yes_per_person_and_payout on payout_approval",
            "constraint one_yes_per_person_and_text on terms_draft_approval",
        ),
        queries=(_TOO_FEW, _OWN_PROPOSAL, _PUBLISHED_ALONE),
        not_yet="That nobody approves what concerns themselves is checked when they do; who staff are in private is not in the rows.",
    ),
)
