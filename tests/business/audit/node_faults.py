"""What goes wrong between the house and its nodes, planted by hand: each breaks one invariant and no other."""

from tests.business.audit.faults import OF_SAFE_IT, Fault

NODE = f"""insert into node (company_id, name, incarnation, public_key, sealing_key, report_counter, country, addresses,
    host_name, services_max, services, takes_new, facts, counter, report_number, accepted_seq, accepted_hash, reached_seq, added_at,
    revoked_because) values ({OF_SAFE_IT}, 'node1', 1, 'k', 'k', 0, 'DK', '[]', '', 9, 0, true, '{{}}', 0, 0, 0, '', 0, now(), '')
    returning id into n;"""
HELD = """select service_id into s from service_hold h join service v on v.id = h.service_id
    where lifted_at is null and v.state = 'running' limit 1;"""
FREE = f"""select min(id) into s from service v where company_id = {OF_SAFE_IT} and state = 'running'
    and not exists (select 1 from service_hold h where h.service_id = v.id and h.lifted_at is null);"""
SETUP = """insert into hosting_setup (id, service_id, node_id, domain, is_domain_proven, plan_code, package, quantity, waits_because,
    opened_at) values (77, s, n, 'alma.example', false, 'hosting-monthly', '{"source": "plausible"}', 1, '', now());"""


def wish(subject: str, *, key: str = "site/77", tenant: int = 200_077, holds: str = "[]", at: str = "now()") -> str:
    statement = f'{{"kind":"site","tenant":{tenant},"holds":{holds}}}'
    return f"""insert into node_wish (node_id, key, subject, statement, fingerprint, state, grounds, wished_at)
        values (n, '{key}', {subject}, '{statement}', 'f', 'kept', '[]', {at});"""


def document(seq: int, *, follows: str = "null", raw: str = "x") -> str:
    return f"""insert into node_document (node_id, incarnation, seq, sha256, follows, issued_at, not_after, is_adverse, raw)
        values (n, 1, {seq}, encode(sha256(convert_to('x', 'UTF8')), 'hex'), {follows}, now(), now(), false,
                '{raw}' || chr(10) || repeat('A', 88)) returning id into d;"""


def said(key: str, *, state: str = "kept", worse: int = 0) -> str:
    return f"""insert into node_statement (document_id, key, state, worse, statement, fingerprint, warrant, on_day)
        values (d, '{key}', '{state}', {worse}, '', 'f', '', now());"""


def planted(*statements: str) -> str:
    return f"do $plant$ declare n bigint; s bigint; d bigint; begin {' '.join((NODE, *statements))} end $plant$"


NODE_FAULTS = (
    Fault(90, "a service is held and its node is not told", planted(HELD, wish("'service:' || s"))),
    Fault(
        90,
        "a node is told to hold what nothing holds",
        planted(FREE, wish("'service:' || s", holds='[{"cause":"payment"}]')),
    ),
    Fault(
        91,
        "a wish has waited for two hours",
        planted(FREE, wish("'service:' || s", at="now() - interval '2 hours'")),
    ),
    Fault(
        92,
        "two services have one tenant",
        planted(wish("'service:0'", key="site/1"), wish("'service:00'", key="site/2")),
    ),
    Fault(
        92,
        "a site is told to run as another's tenant",
        planted(FREE, SETUP, wish("'service:' || s", tenant=200_078)),
    ),
    Fault(93, "a purge was signed out of nothing", planted(document(1), said("site/1", state="purged", worse=3))),
    Fault(
        94,
        "a quarantine was signed without a warrant",
        planted(document(1), said("site/1", state="quarantined", worse=2)),
    ),
    Fault(95, "a document follows another than the one before", planted(document(1), document(2, follows="'y'"))),
    Fault(95, "a document is gone", planted(document(1), document(3))),
    Fault(96, "a document was changed after it was signed", planted(document(1, raw="y"))),
    Fault(97, "what restores rides with what takes", planted(document(1), said("site/1"), said("site/2", worse=1))),
    Fault(
        98,
        "a part was never told",
        planted(
            FREE,
            SETUP,
            """insert into hosting_part (service_id, kind, key, body, state, ordered_by, facts, made_at)
               values (s, 'site', 'site/77', '{}', 'kept', '', '{}', now());""",
        ),
    ),
)
