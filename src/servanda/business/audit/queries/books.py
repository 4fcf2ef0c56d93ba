"""Money: is every entry balanced, does what is open follow from what was paid, and is each bank entry in the books once?"""

from servanda.business.audit.facts import Enforced, Invariant
from servanda.business.audit.queries.scope import Scope

_UNBALANCED = """
select p.entry_id as entry, e.key, p.currency, sum(p.amount_minor) as off_minor
  from ledger_posting p join ledger_entry e on e.id = p.entry_id join audited a on a.company_id = e.company_id
 group by p.entry_id, e.key, p.currency having sum(p.amount_minor) <> 0
"""
_EMPTY_ENTRY = """
select e.id as entry, e.key, 'an entry without postings' as problem
  from ledger_entry e join audited a on a.company_id = e.company_id
 where not exists (select 1 from ledger_posting p where p.entry_id = e.id and p.company_id = e.company_id)
"""

# What stands in the books for each document, by the key of its entry.
_BOOKED = """
select e.key,
       coalesce(sum(p.amount_minor) filter (where p.account = 'receivable'), 0) as receivable,
       coalesce(sum(p.amount_minor) filter (where p.account = 'customer-credit'), 0) as credit,
       coalesce(sum(p.amount_minor) filter (where p.account = 'sales'), 0) as sales,
       coalesce(sum(p.amount_minor) filter (where p.account = 'vat-out'), 0) as vat,
       coalesce(sum(p.amount_minor) filter (where p.account in ('fees', 'interest', 'compensation')), 0) as charged
  from ledger_entry e join ledger_posting p on p.entry_id = e.id
 where e.what in ({what})
 group by e.key
"""
_INVOICES_BOOKED = f"""
select i.id as invoice, i.number, i.total_minor, b.receivable as booked_minor, -b.sales as booked_net_minor,
       -b.vat as booked_vat_minor
  from invoice i join audited a on a.company_id = i.company_id
  left join ({_BOOKED.format(what="'invoice'")}) b on b.key = 'invoice:' || i.id
 where i.kind = 'invoice' and i.total_minor <> 0
   and (b.key is null or b.receivable <> i.total_minor or b.sales <> -i.net_minor or b.vat <> -i.vat_minor)
"""
_CREDIT_NOTES_BOOKED = f"""
select i.id as credit_note, i.number, i.total_minor, -b.receivable - b.credit as booked_minor,
       b.sales as booked_net_minor, b.vat as booked_vat_minor
  from invoice i join audited a on a.company_id = i.company_id
  left join ({_BOOKED.format(what="'credit note'")}) b on b.key = 'credit note:' || i.id
 where i.kind = 'credit note' and i.total_minor <> 0
   and (b.key is null or b.receivable + b.credit <> -i.total_minor or b.sales <> i.net_minor or b.vat <> i.vat_minor)
"""
_CHARGES_BOOKED = f"""
select c.id as charge, c.key, c.amount_minor, b.receivable as booked_minor, -b.charged as booked_income_minor
  from charge c join audited a on a.company_id = c.company_id
  left join ({_BOOKED.format(what="'fee', 'collection fee', 'interest', 'compensation'")}) b
         on b.key = 'charge:' || c.key
 where b.key is null or b.receivable <> c.amount_minor or b.charged <> -c.amount_minor
"""

_OPEN_OF_INVOICES = """
select i.id as invoice, i.number, i.open_minor,
       case when i.kind = 'invoice' then i.total_minor - coalesce(g.given, 0) else 0 end as expected_minor
  from invoice i join audited a on a.company_id = i.company_id
  left join (select invoice_id, sum(amount_minor) as given from allocation where charge_id is null group by 1) g
         on g.invoice_id = i.id
 where i.open_minor <> case when i.kind = 'invoice' then i.total_minor - coalesce(g.given, 0) else 0 end
"""
_OPEN_OF_CHARGES = """
select c.id as charge, c.key, c.open_minor,
       c.amount_minor - coalesce(g.given, 0) - coalesce(w.waived, 0) as expected_minor
  from charge c join audited a on a.company_id = c.company_id
  left join (select charge_id, sum(amount_minor) as given from allocation where charge_id is not null group by 1) g
         on g.charge_id = c.id
  left join (select substring(e.key from '[0-9]+$')::bigint as charge_id, -sum(p.amount_minor) as waived
               from ledger_entry e join ledger_posting p on p.entry_id = e.id and p.account = 'receivable'
              where e.what = 'waived' group by 1) w
         on w.charge_id = c.id
 where c.open_minor <> c.amount_minor - coalesce(g.given, 0) - coalesce(w.waived, 0)
"""
_BALANCE_OF_CUSTOMERS = """
select coalesce(l.customer_id, o.customer_id) as customer, coalesce(l.owed, 0) as books_minor,
       coalesce(o.owed, 0) as open_minor
  from (select p.customer_id, sum(p.amount_minor) as owed
          from ledger_posting p join audited a on a.company_id = p.company_id
         where p.account = 'receivable' group by 1) l
  full join (select customer_id, sum(owed) as owed from (
               select i.customer_id, i.open_minor as owed from invoice i join audited a on a.company_id = i.company_id
               union all
               select c.customer_id, c.open_minor from charge c join audited a on a.company_id = c.company_id) x
             group by 1) o on o.customer_id = l.customer_id
 where coalesce(l.owed, 0) <> coalesce(o.owed, 0)
"""

_FRACTIONS = """
select c.relname as table, t.attname as column, format_type(t.atttypid, t.atttypmod) as type
  from pg_attribute t join pg_class c on c.oid = t.attrelid join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = current_schema() and c.relkind in ('r', 'p') and t.attnum > 0 and not t.attisdropped
   and ((right(t.attname, 6) = '_minor' and t.atttypid not in ('int8'::regtype, 'int4'::regtype))
     or (t.atttypid in ('float4'::regtype, 'float8'::regtype, 'money'::regtype)
         and split_part(c.relname, '_', 1) not in ('procrastinate', 'django', 'auth')))
"""

_ALLOCATED = """
select b.id as bank_entry, b.state, b.amount_minor, coalesce(g.given, 0) as allocated_minor, b.unallocated_minor
  from bank_entry b join audited a on a.company_id = b.company_id
  left join (select entry_id, sum(amount_minor) as given from (
               select entry_id, amount_minor from allocation union all
               select entry_id, amount_minor from credit_use) gone group by 1) g on g.entry_id = b.id
 where case when b.amount_minor < 0 then coalesce(g.given, 0) not between b.amount_minor and 0
            when b.state = 'matched' then coalesce(g.given, 0) + b.unallocated_minor <> b.amount_minor
            when b.state = 'suspense' then coalesce(g.given, 0) <> 0 or b.unallocated_minor <> b.amount_minor
            when b.state in ('split', 'joined') then coalesce(g.given, 0) <> 0 or b.unallocated_minor <> 0
            else coalesce(g.given, 0) not between 0 and b.amount_minor end
"""
_RECEIVED = """
select i.id as invoice, i.number, i.total_minor, g.given as received_minor
  from invoice i join audited a on a.company_id = i.company_id
  join (select invoice_id, sum(amount_minor) as given from allocation where charge_id is null group by 1) g
    on g.invoice_id = i.id
 where g.given not between 0 and i.total_minor
"""
_FROM_NOTES = """
select n.id as credit_note, n.number, n.total_minor, g.given as allocated_minor
  from invoice n join audited a on a.company_id = n.company_id
  join (select credit_note_id, sum(amount_minor) as given from (
          select credit_note_id, amount_minor from allocation union all
          select credit_note_id, amount_minor from credit_use) gone group by 1) g on g.credit_note_id = n.id
 where n.kind <> 'credit note' or g.given not between 0 and n.total_minor
"""
# What was written off stands in the books, and is the invoice's; what fell away again comes to nothing on both sides.
_WRITTEN_OFF = """
select w.id as write_off, w.amount_minor, coalesce(g.given, 0) as allocated_minor, coalesce(l.booked, 0) as booked_minor
  from write_off w join audited a on a.company_id = w.company_id
  left join (select write_off_id, sum(amount_minor) as given from allocation group by 1) g on g.write_off_id = w.id
  left join (select split_part(e.key, ':', 2)::bigint as id, sum(p.amount_minor) as booked
               from ledger_entry e join ledger_posting p on p.entry_id = e.id and p.account = 'rounding'
              where split_part(e.key, ':', 1) in ('written off', 'write-off taken back') group by 1) l on l.id = w.id
 where coalesce(g.given, 0) <> coalesce(l.booked, 0) or coalesce(g.given, 0) not in (0, w.amount_minor)
"""
_CREDIT_OF_CUSTOMERS = """
select coalesce(l.customer_id, o.customer_id) as customer, coalesce(l.credit, 0) as books_minor,
       coalesce(o.credit, 0) as unallocated_minor
  from (select p.customer_id, -sum(p.amount_minor) as credit
          from ledger_posting p join audited a on a.company_id = p.company_id
         where p.account = 'customer-credit' group by 1) l
  full join (select customer_id, sum(credit) as credit from (
               select b.customer_id, b.unallocated_minor as credit
                 from bank_entry b join audited a on a.company_id = b.company_id
                where b.state = 'matched' and b.amount_minor > 0
               union all
               select n.customer_id, n.total_minor - coalesce(g.given, 0)
                 from invoice n join audited a on a.company_id = n.company_id
                 left join (select credit_note_id, sum(amount_minor) as given from allocation group by 1) g
                        on g.credit_note_id = n.id
                where n.kind = 'credit note'
               union all
               select u.customer_id, -u.amount_minor
                 from credit_use u join audited a on a.company_id = u.company_id
                 left join bank_entry b on b.id = u.entry_id
                where u.credit_note_id is not null or b.state <> 'matched') x
             group by 1) o on o.customer_id = l.customer_id
 where coalesce(l.credit, 0) <> coalesce(o.credit, 0)
"""

_BANK_ENTRIES_TWICE = """
select b.company_id as company, b.account, b.booked_on, b.amount_minor, b.reference, b.ordinal, count(*) as times
  from bank_entry b join audited a on a.company_id = b.company_id
 group by 1, 2, 3, 4, 5, 6 having count(*) > 1
"""
_BANK_ENTRIES_BOOKED = """
select b.id as bank_entry, b.amount_minor, coalesce(l.times, 0) as times, coalesce(l.booked, 0) as booked_minor
  from bank_entry b join audited a on a.company_id = b.company_id
  left join (select split_part(e.key, ':', 2)::bigint as id, p.account, count(*) as times, sum(p.amount_minor) as booked
               from ledger_entry e join ledger_posting p on p.entry_id = e.id and p.account in ('bank', 'clearing')
              where split_part(e.key, ':', 1) in ('bank entry', 'bank entry received', 'bank entry reversed')
              group by 1, 2) l on l.id = b.id and l.account = b.ledger_account
 where b.parent_id is null and (coalesce(l.times, 0) <> 1 or l.booked <> b.amount_minor)
    or b.parent_id is not null and l.id is not null
"""

# Statements may overlap, and an entry belongs to the first that brought it: then the entries of its days must add up.
# One that tells the same again under another name brought nothing; the first of them is checked.
_STATEMENTS = """
select s.id as statement, s.statement_id, s.opening_minor, s.closing_minor, own.moved as entries_minor
  from bank_statement s join audited a on a.company_id = s.company_id
 cross join lateral (select coalesce(sum(b.amount_minor), 0) as moved from bank_entry b
                      where b.statement_id = s.id and b.parent_id is null) own
 where s.opening_minor + own.moved <> s.closing_minor
   and s.opening_minor + (select coalesce(sum(b.amount_minor), 0) from bank_entry b
                           where b.company_id = s.company_id and b.account = s.account and b.parent_id is null
                             and b.booked_on between s.opening_on and s.closing_on) <> s.closing_minor
   and not exists (select 1 from bank_statement o
                    where o.company_id = s.company_id and o.account = s.account and o.id < s.id
                      and (o.opening_on, o.opening_minor, o.closing_on, o.closing_minor)
                        = (s.opening_on, s.opening_minor, s.closing_on, s.closing_minor))
"""
# A statement that begins within another one, or on its days, begins in the middle of it: its entries were checked above.
_STATEMENTS_MEET = """
select s.id as statement, s.statement_id, s.opening_minor, before.statement_id as statement_before,
       before.closing_minor as closed_with_minor
  from bank_statement s join audited a on a.company_id = s.company_id
 cross join lateral (select b.statement_id, b.closing_minor from bank_statement b
                      where b.company_id = s.company_id and b.account = s.account and b.closing_on < s.opening_on
                      order by b.closing_on desc, b.id desc limit 1) before
 where before.closing_minor <> s.opening_minor
   and not exists (select 1 from bank_statement o
                    where o.company_id = s.company_id and o.account = s.account and o.id <> s.id
                      and s.opening_on between o.opening_on and o.closing_on)
"""

BOOKS: tuple[Invariant[Scope], ...] = (
    Invariant(
        number=1,
        name="Every journal entry adds up to zero in each currency",
        explanation_da="Debet og kredit på et bilag går ikke op.",
        explanation_en="The debits and credits of an entry do not add up to zero.",
        enforced=(Enforced.CONSTRAINT, Enforced.ACTION),
        guards=("trigger ledger_posting_balanced on ledger_posting",),
        queries=(_UNBALANCED, _EMPTY_ENTRY),
    ),
    Invariant(
        number=2,
        name="Ledger rows are never changed or deleted: the books say what the documents say",
        explanation_da="Bogføringen svarer ikke til bilaget, eller det, der holder den uændret, er slået fra.",
        explanation_en="The books differ from the document, or what keeps them unchanged is switched off.",
        enforced=(Enforced.CONSTRAINT,),
        guards=(
            "trigger ledger_entry_append_only on ledger_entry",
            "trigger ledger_posting_append_only on ledger_posting",
            "trigger ledger_entry_never_emptied on ledger_entry",
            "trigger ledger_posting_never_emptied on ledger_posting",
            "unique ledger_entry(key)",
        ),
        queries=(_INVOICES_BOOKED, _CREDIT_NOTES_BOOKED, _CHARGES_BOOKED),
    ),
    Invariant(
        number=3,
        name="What a customer owes is the same by the invoices, by the payments and by the ledger",
        explanation_da="Det åbne beløb svarer ikke til betalingerne, eller kundens saldo ikke til bogføringen.",
        explanation_en="What is open differs from what was paid, or the customer's balance from the ledger.",
        enforced=(Enforced.ACTION,),
        queries=(_OPEN_OF_INVOICES, _OPEN_OF_CHARGES, _BALANCE_OF_CUSTOMERS),
    ),
    Invariant(
        number=4,
        name="Amounts are whole øre: no column of ours holds fractions",
        explanation_da="En kolonne med beløb kan rumme brøkdele af ører.",
        explanation_en="A column of amounts can hold fractions of an øre.",
        enforced=(Enforced.CONSTRAINT,),
        queries=(_FRACTIONS,),
        not_yet="That no float stands on the way through the code is for the type checker and the tests.",
    ),
    Invariant(
        number=6,
        name="A payment is allocated once at most, an invoice receives its amount at most, and the rest is kept as credit",
        explanation_da="Der er fordelt mere end betalt, eller penge er forsvundet fra kundens tilgodehavende.",
        explanation_en="More was allocated than paid, or money has disappeared from the customer's credit.",
        enforced=(Enforced.CONSTRAINT, Enforced.ACTION),
        guards=(
            "constraint a_payment_is_allocated_at_most_once on bank_entry",
            "constraint an_invoice_receives_at_most_its_amount on invoice",
            "constraint a_charge_receives_at_most_its_amount on charge",
            "constraint an_allocation_has_one_source on allocation",
            "constraint what_is_written_off_is_small on write_off",
            "trigger write_off_append_only on write_off",
            "trigger allocation_append_only on allocation",
        ),
        queries=(_ALLOCATED, _RECEIVED, _FROM_NOTES, _WRITTEN_OFF, _CREDIT_OF_CUSTOMERS),
    ),
    Invariant(
        number=7,
        name="A bank entry is posted exactly once, whatever file it came in",
        explanation_da="En bankpostering er bogført flere gange, slet ikke eller med et andet beløb.",
        explanation_en="A bank entry is in the books more than once, not at all, or with another amount.",
        enforced=(Enforced.CONSTRAINT, Enforced.ACTION),
        guards=(
            "constraint a_bank_entry_is_posted_once on bank_entry",
            "constraint a_statement_once on bank_statement",
        ),
        queries=(_BANK_ENTRIES_TWICE, _BANK_ENTRIES_BOOKED),
    ),
    Invariant(
        number=8,
        name="A bank statement's entries lead from its opening to its closing, and it opens where the one before closed",
        explanation_da="Kontoudtoget går ikke op, eller det begynder ikke, hvor det forrige sluttede.",
        explanation_en="The statement does not add up, or does not open where the one before closed.",
        enforced=(Enforced.ACTION,),
        queries=(_STATEMENTS, _STATEMENTS_MEET),
    ),
)
