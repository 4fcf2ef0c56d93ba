"""Terms and evidence: does each act have its warrant, its clause and its proof, and each customer one accepted version?"""

from servanda.business.audit.facts import Enforced, Invariant
from servanda.business.audit.queries.agreements import (
    accepted_before_effect,
    accepted_text_differs,
    text_without_rules,
)
from servanda.business.audit.queries.scope import Scope

_ACTS_WITHOUT_WARRANT = """
select x.key, x.on_day, x.act, 'no warrant' as problem from (
    select c.company_id, c.key, c.kind as act, c.on_day from charge c
    union all
    select s.company_id, h.warrant_key, 'hold', h.placed_on from service_hold h join service s on s.id = h.service_id
    union all
    select r.company_id, r.key, r.what, r.on_day from evidence_record r
     where r.what in ('reminder.written', 'contract.ended', 'data.purged')) x
  join audited a on a.company_id = x.company_id
 where not exists (select 1 from evidence_warrant w where w.key = x.key)
"""
_ROWS_WITHOUT_EVIDENCE = """
select x.key, x.on_day, 'not in evidence' as problem from (
    select c.company_id, c.key, c.on_day from charge c
    union all
    select s.company_id, h.warrant_key, h.placed_on from service_hold h join service s on s.id = h.service_id
    union all
    select i.company_id, 'invoice.issued:' || i.id, i.issued_on from invoice i where i.kind = 'invoice'
    union all
    select n.company_id, 'invoice.credited:' || n.id, n.issued_on from invoice n where n.kind = 'credit note') x
  join audited a on a.company_id = x.company_id
 where not exists (select 1 from evidence_record r where r.key = x.key)
"""
_WARRANTS_WITHOUT_CLAUSE = """
select w.key, w.act, 'cites no clause and no law' as problem
  from evidence_warrant w join audited a on a.company_id = w.company_id
 where jsonb_typeof(w.because) is distinct from 'array' or w.because = '[]' or w.fingerprint = ''
    or exists (select 1 from jsonb_array_elements(w.because) cited
                where coalesce(cited ->> 'source', '') = '' or coalesce(cited ->> 'clause', '') = '')
"""
_WARRANTS_BY_OTHER_VERSION = """
select w.key, w.act, cited ->> 'clause' as clause, cited ->> 'version' as version, i.terms_version as binding_version
  from evidence_warrant w join audited a on a.company_id = w.company_id join company c on c.id = w.company_id
 cross join lateral jsonb_array_elements(
       case jsonb_typeof(w.because) when 'array' then w.because else '[]' end) cited
  join invoice i on i.id = case split_part(w.subject, ':', 1) when 'invoice' then split_part(w.subject, ':', 2)::bigint end
 where cited ->> 'source' = c.slug and cited ->> 'version' is distinct from i.terms_version
"""
_WARRANTS_ON_NOTHING = """
select w.key, w.act, named.key as rests_on
  from evidence_warrant w join audited a on a.company_id = w.company_id
 cross join lateral jsonb_array_elements_text(w.evidence_keys) named (key)
 where not exists (select 1 from evidence_record r where r.key = named.key)
"""

_CONTRACTS_WITHOUT_ACCEPTANCE = """
select k.id as contract, k.number, k.accepted_version as terms_version, r.facts ->> 'terms_version' as accepted_version
  from contract k join audited a on a.company_id = k.company_id
  left join evidence_record r on r.key = 'contract.concluded:' || k.id
 where r.key is null or k.accepted_how = '' or r.facts ->> 'terms_version' is distinct from k.accepted_version
    or r.facts ->> 'terms_sha256' is distinct from k.accepted_sha256
"""
_INVOICES_BY_OTHER_VERSION = """
select i.id as invoice, i.number, i.terms_version, k.terms_version as accepted_version
  from invoice i join audited a on a.company_id = i.company_id join contract k on k.id = i.contract_id
 where k.customer_id <> i.customer_id
    or i.terms_version not in (k.terms_version, k.accepted_version)
   and not exists (select 1 from contract_succession s
                    where s.contract_id = k.id and s.bound_on is not null
                      and i.terms_version in (s.from_version, s.to_version))
"""

_BOUND_WITHOUT_NOTICE = """
select k.id as contract, k.number, k.accepted_version, k.terms_version
  from contract k join audited a on a.company_id = k.company_id
 where k.terms_version <> k.accepted_version
   and not exists (
       select 1 from contract_succession s
        where s.contract_id = k.id and s.to_version = k.terms_version and s.bound_on is not null and s.left_on is null
          and exists (select 1 from evidence_record r where r.key = 'terms.bound:' || s.id)
          and (s.accepted_on <= s.bound_on
               or s.told_on <= s.bound_on
              and (not exists (select 1 from letter l where l.key = s.letter_key)
                   or exists (select 1 from letter l
                               where split_part(l.key, ':again:', 1) = s.letter_key and l.state = 'accepted'))))
"""

PROMISES: tuple[Invariant[Scope], ...] = (
    Invariant(
        number=38,
        name="Every act against a customer has a warrant by the binding version, and its proof is in evidence",
        explanation_da="Skridtet mangler fuldmagt, grund eller bevis, eller det hviler på en anden version.",
        explanation_en="The act lacks a warrant, a clause or its proof, or rests on another version of the terms.",
        enforced=(Enforced.CONSTRAINT, Enforced.ACTION),
        guards=(
            "trigger evidence_record_append_only on evidence_record",
            "trigger evidence_record_never_emptied on evidence_record",
            "trigger evidence_warrant_append_only on evidence_warrant",
            "trigger evidence_warrant_never_emptied on evidence_warrant",
            "unique evidence_record(key)",
            "unique evidence_warrant(key)",
        ),
        queries=(
            _ACTS_WITHOUT_WARRANT,
            _ROWS_WITHOUT_EVIDENCE,
            _WARRANTS_WITHOUT_CLAUSE,
            _WARRANTS_BY_OTHER_VERSION,
            _WARRANTS_ON_NOTHING,
        ),
        not_yet="Which version of the program decided is not recorded yet.",
    ),
    Invariant(
        number=39,
        name="Each contract is bound by one version: the one accepted, or one that its customer was told of or agreed to",
        explanation_da="Accepten eller beskeden mangler, eller den lyder på andre vilkår end dem, der bliver brugt.",
        explanation_en="The acceptance or the notice is missing, or is of other terms than those that are used.",
        enforced=(Enforced.CONSTRAINT, Enforced.ACTION),
        guards=(
            "constraint one_contract_per_number on contract",
            "constraint a_version_follows_once on contract_succession",
            "constraint nobody_is_bound_untold on contract_succession",
            "constraint who_left_is_not_bound on contract_succession",
        ),
        queries=(_CONTRACTS_WITHOUT_ACCEPTANCE, _INVOICES_BY_OTHER_VERSION, _BOUND_WITHOUT_NOTICE),
        checks=(accepted_before_effect,),
    ),
    Invariant(
        number=40,
        name="The text that is shown is the text that was accepted, byte for byte, in the accepted language",
        explanation_da="Dokumentet er ikke det, kunden accepterede.",
        explanation_en="The document is not the one that the customer accepted.",
        enforced=(Enforced.ACTION, Enforced.AUDIT),
        checks=(accepted_text_differs,),
    ),
    Invariant(
        number=41,
        name="Every figure in the text of an agreement comes from its rule",
        explanation_da="Aftalen har fejl: et tal uden regel, to regler mod hinanden eller et dokument, der mangler.",
        explanation_en="The agreement has faults: a figure without a rule, contradicting rules, a missing document.",
        enforced=(Enforced.AUDIT,),
        checks=(text_without_rules,),
    ),
)
