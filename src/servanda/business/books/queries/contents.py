"""What is a row of the ledger or the evidence, as the chain takes its hash? One form, the same at sealing and at checking.

The values stand in a JSON list in a fixed order, so that no two different rows can read alike; moments are UTC with
microseconds. PostgreSQL writes `jsonb` the same way whatever the settings of a session, and anybody can compute the hash
from a dump: SHA-256 over the text in UTF-8.
"""

ENTRY = """sha256(convert_to(jsonb_build_array(
    'entry', e.id, e.company_id, e.key, e.what, to_char(e.on_day, 'YYYY-MM-DD'), to_char(e.of_day, 'YYYY-MM-DD'),
    to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.customer_id, e.invoice_id, e.because,
    (select jsonb_agg(jsonb_build_array(p.id, p.company_id, p.account, p.amount_minor, p.currency, p.customer_id) order by p.id)
       from ledger_posting p where p.entry_id = e.id))::text, 'UTF8'))"""

RECORD = """sha256(convert_to(jsonb_build_array(
    'record', e.id, e.company_id, e.key, e.what, e.subject, e.customer_id, to_char(e.on_day, 'YYYY-MM-DD'),
    to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.because, e.facts, e.by)::text, 'UTF8'))"""

# kind → the table and the hash of one of its rows, which is called `e`.
CHAINED = {"entry": ("ledger_entry", ENTRY), "record": ("evidence_record", RECORD)}
BEGINNING = bytes(32)  # what the first link of a company is tied to
