"""What goes wrong behind the house's back: for each invariant, rows changed by hand so that only this one is broken."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A sentence, the number that must find it, and the SQL that plants it with all triggers asleep.

    `seals` puts the new hash on changed invoices, so that the fault is not found by the hash alone. Vouchers and chain are
    made anew to fit the changed rows, for the same reason; `is_bare` leaves them as they were.
    """

    number: int
    sentence: str
    sql: str
    seals: bool = False
    is_bare: bool = False


# The pieces of the small companies that faults are planted in.
FIRST_INVOICE = "(select min(id) from invoice)"
FIRST_LINE = "(select min(id) from invoice_line)"
CREDIT_NOTE = "(select min(id) from invoice where kind = 'credit note')"
OF_SAFE_IT = "(select id from company where slug = 'safe-it')"
LATEST_OPEN = "(select max(id) from invoice where open_minor > 0)"
# Alma's second unpaid invoice at safe-it: reminded twice, one of her two services held.
HELD = f"(select max(invoice_id) from service_hold h join service s on s.id = h.service_id where s.company_id = {OF_SAFE_IT})"
LAST_RECORD = "(select max(id) from evidence_record where what = 'letter.accepted')"
LAST_INTEREST = "(select max(id) from charge where kind = 'interest' and open_minor = amount_minor)"
LAST_FEE = "(select max(id) from charge where kind = 'fee' and open_minor = amount_minor)"
# A claim on which one reminder was written and no other, with its fee.
REMINDED_ONCE = """(select max(r.subject) from evidence_record r where r.what = 'reminder.written'
    and r.facts ->> 'step' = '1' and r.facts ->> 'fee_minor' is not null and not exists (
        select 1 from evidence_record o where o.subject = r.subject and o.what = 'reminder.written' and o.id <> r.id))"""

E_DOCUMENT = "(select min(id) from einvoice)"

FAULTS = (
    Fault(
        1,
        "a posting is added to an entry",
        """insert into ledger_posting (entry_id, company_id, account, amount_minor, currency)
           select min(id), company_id, 'other', 1, 'DKK' from ledger_entry group by company_id""",
    ),
    Fault(
        1,
        "the postings of an entry are gone",
        """with empty as (insert into ledger_entry (company_id, key, what, on_day, at, because)
             select id, 'stray', 'noted', '2026-03-01', now(), '[{"source": "Bogføringsloven"}]' from company
             returning id) select 1 from empty""".replace("'stray'", "'stray:' || id"),
    ),
    Fault(
        2,
        "an øre moves from sales to VAT in an entry that stays balanced",
        """update ledger_posting set amount_minor = amount_minor + case account when 'sales' then 1 else -1 end
            where account in ('sales', 'vat-out')
              and entry_id = (select min(id) from ledger_entry where what = 'invoice')""",
    ),
    Fault(
        2,
        "a charge is booked as another kind of income",
        """update ledger_posting set account = 'other' where account = 'compensation'""",
    ),
    Fault(
        3,
        "an open amount shrinks by an øre",
        f"update invoice set open_minor = open_minor - 1 where id = {LATEST_OPEN}",
    ),
    Fault(4, "a column for amounts holds fractions", "alter table charge add column share_minor double precision"),
    Fault(
        5, "a line's VAT rate changes", f"update invoice_line set vat_percent = 24 where id = {FIRST_LINE}", seals=True
    ),
    Fault(
        5,
        "a line's VAT becomes that of another country",
        f"update invoice_line set vat_country = 'SE' where id = {FIRST_LINE}",
        seals=True,
    ),
    Fault(
        6,
        "an øre of an overpayment disappears",
        "update bank_entry set unallocated_minor = unallocated_minor - 1 where unallocated_minor > 0 and state = 'matched'",
    ),
    Fault(
        7,
        "a bank entry is booked once more",
        """with again as (
             insert into ledger_entry (company_id, key, what, on_day, at, because)
             select company_id, 'bank entry:' || id, 'payment', booked_on, now(), '[{"source": "Bogføringsloven"}]'
               from bank_entry where state = 'matched' order by id limit 1 returning id, company_id)
           insert into ledger_posting (entry_id, company_id, account, amount_minor, currency)
           select id, company_id, account, amount, 'DKK'
             from again, (values ('bank', 100), ('other', -100)) line (account, amount)""",
    ),
    Fault(
        8,
        "a statement closes with another balance",
        "update bank_statement set closing_minor = closing_minor + 1 where id = (select max(id) from bank_statement)",
    ),
    Fault(
        8,
        "a statement between two others is lost",
        """update bank_statement set opening_minor = opening_minor + 7, closing_minor = closing_minor + 7
            where id = (select max(id) from bank_statement where company_id <> (select max(id) from company))""",
    ),
    Fault(
        9,
        "an entry leaves suspense, and the books know nothing of it",
        "update bank_entry set state = 'explained', unallocated_minor = 0 where state = 'suspense'",
    ),
    Fault(
        9,
        "an entry waits for weeks",
        "update bank_entry set booked_on = booked_on - 30 where state = 'suspense'",
    ),
    Fault(
        9,
        "an entry counts as divided, and has no parts",
        """update bank_entry set state = 'split' where id = (
             select min(id) from bank_entry where state = 'explained' and amount_minor > 0)""",
    ),
    Fault(
        6,
        "a small difference is booked as twice what was given up",
        f"""insert into write_off (company_id, customer_id, invoice_id, amount_minor, on_day, by, because)
            select company_id, customer_id, id, 1, '2026-03-01', 'staff', '[{{"source": "Bogføringsloven"}}]'
              from invoice where id = {LATEST_OPEN};
            with booked as (
              insert into ledger_entry (company_id, key, what, on_day, at, because)
              select company_id, 'written off:' || id, 'write-off', on_day, now(), because from write_off returning id, company_id)
            insert into ledger_posting (entry_id, company_id, account, amount_minor, currency)
            select id, company_id, account, amount, 'DKK'
              from booked, (values ('rounding', 2), ('other', -2)) line (account, amount)""",
    ),
    Fault(
        10,
        "a payout goes to another account than the money came from",
        "update payout set account = 'DK3299990001234567' where state = 'seen'",
    ),
    Fault(
        10,
        "a payout that was never proposed stands in the file",
        "update payout_batch set total_minor = total_minor + 1",
    ),
    Fault(
        10,
        "a file is changed after it was made",
        "update payout_batch set content = content || '\\x20'::bytea",
    ),
    Fault(
        10, "a payout that was seen counts as withdrawn", "update payout set state = 'withdrawn' where state = 'seen'"
    ),
    Fault(
        10,
        "an order is booked elsewhere than on the account of payouts",
        """update ledger_posting set account = 'other' where account = 'payouts' and amount_minor < 0""",
    ),
    Fault(
        11,
        "a credit note names a smaller line than it credits",
        f"update invoice_line set position = 2 where invoice_id = {CREDIT_NOTE}",
        seals=True,
    ),
    Fault(
        12,
        "an allocation loses its reason",
        "update allocation set because = '' where id = (select min(id) from allocation)",
    ),
    Fault(
        13,
        "a credited period counts as billed again",
        """alter table invoice_line drop constraint no_period_is_billed_twice;
           update invoice_line set credited_by = null where credited_by is not null""",
    ),
    Fault(
        14,
        "a line is sold and never billed",
        """insert into contract_line (contract_id, company_id, customer_id, product_code, plan_code, description, quantity,
                                      interval_months, began_on, end_cause)
           select id, company_id, customer_id, 'subscription', 'office-monthly', '', 1, 1, '2025-11-01', ''
             from contract order by id limit 1""",
    ),
    Fault(
        14,
        "nobody bills the lines any more",
        """update company set clock_on = '2026-06-15' where slug = 'vicevaert';
           update bank_entry set booked_on = '2026-06-12' where state = 'suspense'""",  # it has not waited for long
    ),
    Fault(
        14,
        "a period in the middle is not billed",
        f"""update invoice_line set bills_period = false
             where line_id = (select line_id from invoice_line where id = {FIRST_LINE}) and since = '2026-02-05'""",
    ),
    Fault(15, "a number is skipped", "update billing_number_series set next_number = next_number + 1"),
    Fault(16, "a line gets another text", f"update invoice_line set description = 'other' where id = {FIRST_LINE}"),
    Fault(
        16,
        "the bytes of a document change",
        """update letter_document set content = content || '\\x00'::bytea
            where sha256 = (select min(sha256) from letter_document)""",
    ),
    Fault(
        17,
        "an invoice is due on a Sunday",
        f"update invoice set due_on = '2026-01-18' where id = {FIRST_INVOICE}",
        seals=True,
    ),
    Fault(
        17,
        "an invoice is due a day too early",
        f"update invoice set due_on = '2026-01-12' where id = {FIRST_INVOICE}",
        seals=True,
    ),
    Fault(
        18,
        "a unit price is an øre too high",
        f"update invoice_line set unit_minor = unit_minor + 1 where id = {FIRST_LINE}",
        seals=True,
    ),
    Fault(
        18,
        "the catalogue's price is edited",
        "update catalogue_price set amount_minor = 1 where plan_id = (select id from catalogue_plan where code = 'office-monthly')",
    ),
    Fault(
        19,
        "one line stands sixteen times on an invoice",
        f"""insert into invoice_line (invoice_id, position, line_id, product_code, description, quantity, unit_minor,
                                      net_minor, vat_category, vat_percent, vat_basis, bills_period)
            select l.invoice_id, 100 + copy, l.line_id, l.product_code, l.description, 1, 0, 0, l.vat_category,
                   l.vat_percent, l.vat_basis, false
              from invoice_line l, generate_series(1, 16) copy where l.id = {FIRST_LINE}""",
        seals=True,
    ),
    Fault(
        20,
        "the check of a VAT number is lost",
        """update invoice set buyer = jsonb_set(buyer, '{number_checked_on}', 'null')
            where id in (select invoice_id from invoice_line where vat_category = 'AE')""",
        seals=True,
    ),
    Fault(
        20,
        "a Danish customer turns out to have been a dealer without a registration",
        f"update invoice_line set vat_basis = 'registered dealer' where id = {FIRST_LINE}",
        seals=True,
    ),
    Fault(
        21,
        "a claim turns out to have been disputed before its fees",
        """insert into dunning_pause (invoice_id, company_id, cause, reason, since, is_late, by)
           select invoice_id, company_id, 'dispute', 'wrong from the start', '2026-01-10', false, 'staff:eva'
             from charge where kind = 'compensation' order by id limit 1""",
    ),
    Fault(
        22,
        "a reminder is older than the due day",
        f"update invoice set due_on = '2026-03-10' where id = {HELD}",
        seals=True,
    ),
    Fault(
        23,
        "a letter within ten days of another carried a fee",
        """update evidence_record set facts = facts || '{"fee_minor": 10000}'
            where id = (select min(r.id) from evidence_record r join customer c on c.id = r.customer_id
                         where c.number = '1002' and r.what = 'reminder.written' and r.facts ->> 'step' = '2'
                           and r.facts ->> 'fee_minor' is null)""",
    ),
    Fault(
        23,
        "a fee is an øre above the law's cap, in the charge and in the books",
        f"""update ledger_posting set amount_minor = amount_minor + sign(amount_minor)::int
              where entry_id = (select e.id from ledger_entry e join charge c on e.key = 'charge:' || c.key
                                 where c.id = {LAST_FEE});
            update charge set amount_minor = amount_minor + 1, open_minor = open_minor + 1 where id = {LAST_FEE}""",
    ),
    Fault(
        24,
        "interest is an øre too high, in the charge and in the books",
        f"""update ledger_posting set amount_minor = amount_minor + sign(amount_minor)::int
              where entry_id = (select e.id from ledger_entry e join charge c on e.key = 'charge:' || c.key
                                 where c.id = {LAST_INTEREST});
            update charge set amount_minor = amount_minor + 1, open_minor = open_minor + 1 where id = {LAST_INTEREST}""",
    ),
    Fault(
        25,
        "a hold was placed on a Saturday",
        f"""update service_hold set placed_on = '2026-02-28' where placed_on = '2026-02-23' and service_id in (
                select id from service where company_id = {OF_SAFE_IT})""",
    ),
    Fault(
        26,
        "another service of the customer was held",
        f"""update service_hold set service_id = (
                select min(s.id) from service s where s.customer_id = (select customer_id from invoice where id = {HELD})
                   and s.line_id not in (select line_id from invoice_line where invoice_id = {HELD}))
             where invoice_id = {HELD}""",
    ),
    Fault(
        27,
        "a hold is still there after the payment",
        f"""update service_hold set lifted_at = null, lifted_because = null
             where lifted_at is not null and service_id in (select id from service where company_id = {OF_SAFE_IT})""",
    ),
    Fault(
        29,
        "a claim is never looked at again",
        f"update dunning_claim set look_again_on = null where invoice_id = {LATEST_OPEN}",
    ),
    Fault(
        29,
        "a claim is followed no longer",
        f"delete from dunning_claim where invoice_id = {HELD}",
    ),
    Fault(
        29,
        "a step stands in evidence that left no row",
        """insert into evidence_record (company_id, key, what, subject, on_day, at, because, facts, by)
           select company_id, 'fee.charged:1:9', 'fee.charged', 'invoice:1', on_day, at, because, '{"amount_minor": 1}', by
             from evidence_record order by id desc limit 1""",
    ),
    Fault(
        38,
        "the warrant of a fee is gone",
        "delete from evidence_warrant where id = (select min(id) from evidence_warrant where act = 'fee.charged')",
    ),
    Fault(
        38,
        "a warrant names no clause",
        """update evidence_warrant set because = '[]'
            where id = (select min(id) from evidence_warrant where act = 'hold.placed')""",
    ),
    Fault(
        38,
        "a warrant cites a version that does not bind the customer",
        """update evidence_warrant set because = replace(because::text, '2025-01', '2031-01')::jsonb
            where id = (select max(id) from evidence_warrant where act = 'hold.placed')""",
    ),
    Fault(
        38,
        "what a warrant rests on is not in evidence",
        """update evidence_warrant set evidence_keys = '["payment.late:0"]'
            where id = (select min(id) from evidence_warrant where act = 'hold.placed')""",
    ),
    Fault(
        39,
        "the acceptance is not in evidence",
        "delete from evidence_record where key = 'contract.concluded:' || (select min(id) from contract)",
    ),
    Fault(
        39,
        "a customer is bound by a later version without having been told",
        "update contract set terms_version = '2031-01' where id = (select min(id) from contract)",
    ),
    Fault(
        40,
        "the accepted text is not the one that is shown",
        """update evidence_record set facts = jsonb_set(facts, '{terms_sha256}', '"0"')
            where key = 'contract.concluded:' || (select min(id) from contract);
           update contract set accepted_sha256 = '0' where id = (select min(id) from contract)""",
    ),
    Fault(41, "a company has no agreement", "update company set slug = 'nobody' where slug = 'safe-it'"),
    Fault(
        45,
        "a fee was charged before its warrant allowed it",
        """update evidence_warrant set not_before = not_before + 5, expires_on = expires_on + 30
            where id = (select min(id) from evidence_warrant where act = 'fee.charged')""",
    ),
    Fault(
        46,
        "a record carries a day long past",
        f"update evidence_record set on_day = on_day - 40 where id = {LAST_RECORD}",
    ),
    Fault(
        47,
        "a record carries a moment before the one before",
        f"update evidence_record set at = at - interval '2 days' where id = {LAST_RECORD}",
    ),
    Fault(
        48,
        "an invoice was delivered twice",
        """insert into letter select (jsonb_populate_record(l, jsonb_build_object(
               'id', nextval(pg_get_serial_sequence('letter', 'id')), 'key', l.key || ':again:1'))).*
             from letter l where l.id = (select min(id) from letter)""",
    ),
    Fault(
        49,
        "a fee was charged for a reminder of uncertain fate",
        f"""update letter set state = 'uncertain', accepted_on = null, accepted_at = null
             where key = 'reminder:' || split_part({REMINDED_ONCE}, ':', 2) || ':1'""",
    ),
    Fault(
        54,
        "a service belongs to somebody else",
        """update service set customer_id = (select min(id) from customer)
            where customer_id = (select id from customer where country = 'DE')""",
    ),
    Fault(
        71,
        "the text of a record is changed by one letter",
        f"update evidence_record set subject = subject || ' ' where id = {LAST_RECORD}",
        is_bare=True,
    ),
    Fault(
        71,
        "what an entry rests on is another",
        """update ledger_entry set because = '[{"source": "Bogføringsloven", "clause": "§ 1"}]'
            where id = (select min(id) from ledger_entry where what = 'payment')""",
        is_bare=True,
    ),
    Fault(
        71,
        "a record is removed",
        "delete from evidence_record where id = (select max(id) from evidence_record where what = 'payment.received')",
        is_bare=True,
    ),
    Fault(
        71,
        "a record is slipped in among those of a day that is over",
        """insert into evidence_record (company_id, key, what, subject, on_day, at, because, facts, by)
           select company_id, 'letter.noted:0', 'letter.noted', 'letter:0', on_day, at, '[]', '{}', 'system'
             from evidence_record where id = (select max(r.id) from evidence_record r join company c on c.id = r.company_id
                                               where c.slug = 'vicevaert' and r.on_day < c.rounded_on)""",
        is_bare=True,
    ),
    Fault(
        71,
        "two links change places",
        """update books_link l set sequence = -sequence where sequence in (7, 8);
           update books_link l set sequence = 15 + sequence where sequence in (-7, -8)""",
        is_bare=True,
    ),
    Fault(
        71,
        "a link is made by hand",
        "update books_link set row_sha256 = sha256('x'), sha256 = sha256('y') where sequence = 12",
        is_bare=True,
    ),
    Fault(71, "the last links are cut off", "delete from books_link where sequence > 60", is_bare=True),
    Fault(71, "a head is another", "update books_head set sha256 = repeat('0', 64)", is_bare=True),
    Fault(71, "the heads of a week are lost", "delete from books_head where day > '2026-03-25'", is_bare=True),
    Fault(
        77,
        "an entry moves into a closed period",
        """update ledger_entry set on_day = '2026-01-20'
            where id = (select max(e.id) from ledger_entry e join ledger_closing c using (company_id)
                         where e.on_day > c.closed_until and e.what = 'interest')""",
    ),
    Fault(
        78,
        "a voucher says an øre more",
        """update books_voucher_line set debit_minor = debit_minor + 1
            where id = (select min(id) from books_voucher_line where debit_minor > 0)""",
        is_bare=True,
    ),
    Fault(
        78,
        "an entry falls out of its voucher",
        "delete from books_voucher_entry where id = (select max(id) from books_voucher_entry)",
        is_bare=True,
    ),
    Fault(
        78,
        "a voucher is gone with its number",
        """delete from books_voucher_line where voucher_id in (
                select id from books_voucher where number = 5);
           delete from books_voucher_entry where voucher_id in (select id from books_voucher where number = 5);
           delete from books_voucher where number = 5""",
        is_bare=True,
    ),
    Fault(78, "an account has no number", "delete from books_account where account = 'receivable'", is_bare=True),
    Fault(
        79,
        "Danish VAT stands on the account of other countries",
        """update ledger_posting set account = 'vat-oss' where account = 'vat-out'
              and entry_id = (select min(id) from ledger_entry where what = 'invoice')""",
    ),
    Fault(
        79,
        "VAT is booked by hand",
        """with entry as (insert into ledger_entry (company_id, key, what, on_day, at, because)
             select min(id), 'by hand', 'noted', '2026-03-01', now(), '[{"source": "Bogføringsloven"}]' from company
             returning id, company_id),
           vat as (select 'vat-out' as account, 1 as amount union all select 'other', -1)
           insert into ledger_posting (entry_id, company_id, account, amount_minor, currency)
           select e.id, e.company_id, v.account, v.amount, 'DKK' from entry e, vat v""",
    ),
    Fault(
        74,
        "a payout was approved by one person alone",
        """delete from payout_approval
            where id = (select max(y.id) from payout_approval y join payout p on p.id = y.payout_id where p.state = 'seen')""",
    ),
    Fault(
        82, "news of a collection tells another amount", "update collecting_news set amount_minor = amount_minor + 1"
    ),
    Fault(
        82, "a collection counts as refused that nobody has refused", "update collecting_order set state = 'rejected'"
    ),
    Fault(
        83, "a customer was asked before they agreed", "update mandate set since = '2027-01-01', until = '2027-02-01'"
    ),
    Fault(
        83,
        "a customer was asked for what another one owes",
        "update collecting_order set customer_id = customer_id + 1; update mandate set customer_id = customer_id + 1",
    ),
    Fault(
        80,
        "an øre less is noted than what went back for unused time",
        "update billing_refund set net_minor = net_minor - 1 where state = 'given'",
    ),
    Fault(
        80,
        "another day is given back than the amount was reckoned for",
        "update billing_refund set since = since - 7 where state = 'given'",
    ),
    Fault(
        81,
        "nobody remembers that time beyond the end was looked at",
        "delete from billing_refund",
    ),
    Fault(
        81,
        "a business's money is marked to be paid out like a consumer's",
        "update billing_refund set pay_out_by = on_day where state = 'given'",
    ),
    Fault(
        84,
        "an e-document that was sent says an øre more than the invoice",
        f"""with other as (
             insert into einvoice_content (sha256, content, made_at)
             select encode(sha256(changed), 'hex'), changed, now() from (
                 select convert_to(replace(convert_from(c.content, 'UTF8'), 'PayableAmount currencyID="DKK">',
                                           'PayableAmount currencyID="DKK">1'), 'UTF8') as changed
                   from einvoice_content c join einvoice e on e.xml_sha256 = c.sha256 where e.id = {E_DOCUMENT}) as said
             returning sha256)
           update einvoice set xml_sha256 = (select sha256 from other) where id = {E_DOCUMENT}""",
    ),
    Fault(84, "the file of an e-document is gone", "delete from einvoice_content"),
    Fault(
        84,
        "an invoice goes out as a second e-document",
        f"""insert into einvoice (company_id, customer_id, letter_id, invoice_id, key, kind, format, number, state, on_day,
               order_number, person_reference, endpoint, problems, xml_sha256, checked_with, attempts, receipt, reply,
               reasons, checked_at, sent_on)
           select company_id, customer_id, (select min(id) from letter where carrier = 'mail'), invoice_id, key || ':2', kind,
                  format, number, 'sent', on_day, order_number, person_reference, endpoint, problems, xml_sha256,
                  checked_with, attempts, 'twice', reply, reasons, checked_at, sent_on
             from einvoice where id = {E_DOCUMENT}""",
    ),
    Fault(
        84,
        "an e-document was handed over that the rules found wrong",
        f"""update einvoice set problems = '[{{"code": "F-INV134", "is_warning": false}}]' where id = {E_DOCUMENT}""",
    ),
    Fault(
        85,
        "a letter counts as received though its e-document is only sent",
        f"update einvoice set state = 'sent', answered_on = null where id = {E_DOCUMENT}",
    ),
    Fault(
        85,
        "an e-document was accepted and its letter is still on its way",
        f"""update letter set state = 'sending', accepted_on = null, accepted_at = null
            where id = (select letter_id from einvoice where id = {E_DOCUMENT})""",
    ),
)
