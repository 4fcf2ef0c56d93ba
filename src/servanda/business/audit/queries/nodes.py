"""Nodes: do they hear what the house knows, was everything signed lawfully, and is each number one service's?"""

from servanda.business.audit.facts import Enforced, Invariant
from servanda.business.audit.queries.scope import Scope

_LOST = """exists (select 1 from node_lost l where l.node_id = d.node_id and l.incarnation = d.incarnation
                    and d.seq > l.after_seq and d.seq <= l.until_seq)"""
_HELD_BUT_NOT_WISHED = """
select h.service_id as service, w.key, h.cause, 'held here, and the node is not told' as problem
  from service_hold h join service s on s.id = h.service_id join audited a on a.company_id = s.company_id
  join node_wish w on w.subject = 'service:' || s.id and starts_with(w.key, 'site/')
 where h.lifted_at is null and s.state = 'running'
   and not exists (select 1 from hosting_touched t where t.service_id = s.id)
   and not exists (select 1 from jsonb_array_elements(w.statement::jsonb -> 'holds') told where told ->> 'cause' =
        case when h.cause in ('payment', 'abuse', 'load', 'breach', 'customer', 'capacity') then h.cause else 'breach' end)
"""
_WISHED_HELD_BUT_FREE = """
select s.id as service, w.key, told ->> 'cause' as cause, 'nothing holds it, and the node is told so' as problem
  from node_wish w join service s on w.subject = 'service:' || s.id join audited a on a.company_id = s.company_id
 cross join lateral jsonb_array_elements(w.statement::jsonb -> 'holds') told
 where not exists (select 1 from hosting_touched t where t.service_id = s.id)
   and not exists (select 1 from service_hold h where h.service_id = s.id and h.lifted_at is null)
"""
_WAITING_TOO_LONG = f"""
select n.name as node, w.key, w.wished_at, 'not signed for an hour' as problem
  from node_wish w join node n on n.id = w.node_id join audited a on a.company_id = n.company_id
  left join lateral (
       select s.fingerprint from node_statement s join node_document d on d.id = s.document_id
        where d.node_id = n.id and d.incarnation = n.incarnation and s.key = w.key and not {_LOST}
        order by d.seq desc limit 1) said on true
 where n.public_key <> '' and n.revoked_at is null and w.wished_at < now() - interval '1 hour'
   and said.fingerprint is distinct from w.fingerprint
   and not (said.fingerprint is null and w.state <> 'kept')
   and not exists (select 1 from node_parked p where p.node_id = n.id and p.key = w.key)
"""
_TENANT_TWICE = """
select w.statement::jsonb ->> 'tenant' as tenant, count(distinct w.subject) as services, 'two services, one tenant' as problem
  from node_wish w join node n on n.id = w.node_id join audited a on a.company_id = n.company_id
 where w.statement::jsonb ->> 'tenant' is not null
   and not starts_with(w.key, 'mail')  -- a domain's mail may be of several services of its owner
 group by 1 having count(distinct w.subject) > 1
"""
_TENANT_OF_ANOTHER = """
select w.key, w.subject, w.statement::jsonb ->> 'tenant' as tenant, 'not the number that its service was given' as problem
  from node_wish w join node n on n.id = w.node_id join audited a on a.company_id = n.company_id
  join hosting_setup p on 'service:' || p.service_id = w.subject
 where starts_with(w.key, 'site/') and (w.statement::jsonb ->> 'tenant')::bigint <> 200000 + p.id
"""
_PURGE_WITHOUT_TWO = """
select n.name as node, s.key, d.seq, 'purged without a quarantine before, or without two warrants' as problem
  from node_statement s join node_document d on d.id = s.document_id join node n on n.id = d.node_id
  join audited a on a.company_id = n.company_id
 where s.worse = 3 and (
       not exists (select 1 from evidence_warrant w where replace(lower(w.key), '.', '-') = s.warrant)
    or not exists (
       select 1 from node_statement q join node_document e on e.id = q.document_id
        join evidence_warrant v on replace(lower(v.key), '.', '-') = q.warrant
       where q.key = s.key and e.node_id = d.node_id and q.state = 'quarantined' and q.worse = 2
         and e.issued_at < d.issued_at))
"""
_QUARANTINE_WITHOUT_WARRANT = """
select n.name as node, s.key, d.seq, 'taken out of operation without a warrant' as problem
  from node_statement s join node_document d on d.id = s.document_id join node n on n.id = d.node_id
  join audited a on a.company_id = n.company_id
 where s.worse = 2 and not exists (select 1 from evidence_warrant w where replace(lower(w.key), '.', '-') = s.warrant)
"""
_CHAIN_BROKEN = f"""
select n.name as node, d.incarnation, d.seq, 'does not follow the document before' as problem
  from node_document d join node n on n.id = d.node_id join audited a on a.company_id = n.company_id
  left join node_document b on b.node_id = d.node_id and b.incarnation = d.incarnation and b.seq = d.seq - 1
 where (d.seq > 1 and b.id is null)
    or (d.follows is not null and d.follows is distinct from b.sha256)
    or (d.follows is null and d.seq > 1 and not {_LOST.replace("d.", "b.")})
"""
_HASH_DIFFERS = """
select n.name as node, d.incarnation, d.seq, 'is not what was signed' as problem
  from node_document d join node n on n.id = d.node_id join audited a on a.company_id = n.company_id
 where encode(sha256(convert_to(left(d.raw, length(d.raw) - 89), 'UTF8')), 'hex') <> d.sha256
"""
_MIXED = """
select n.name as node, d.incarnation, d.seq, 'what restores waits for what is adverse' as problem
  from node_document d join node n on n.id = d.node_id join audited a on a.company_id = n.company_id
 where exists (select 1 from node_statement s where s.document_id = d.id and s.worse > 0)
   and exists (select 1 from node_statement s where s.document_id = d.id and s.worse = 0)
"""
_NEVER_WISHED = """
select p.service_id as service, p.key, 'its node was never told of it' as problem
  from hosting_part p join service s on s.id = p.service_id join audited a on a.company_id = s.company_id
  join hosting_setup u on u.service_id = s.id
 where p.state = 'kept' and s.state = 'running' and u.node_id is not null
   and not exists (select 1 from hosting_touched t where t.service_id = s.id)
   and not exists (select 1 from node_wish w where w.key = p.key and w.subject = 'service:' || s.id)
"""

NODES: tuple[Invariant[Scope], ...] = (
    Invariant(
        number=90,
        name="what is held is wished held, and nothing else",
        explanation_da="En ydelse med et ophold er også bedt holdt på sin server, og en uden er ikke.",
        explanation_en="A service with an open hold is wished held on its server, and one without is not.",
        enforced=(Enforced.DECISION, Enforced.ACTION),
        queries=(_HELD_BUT_NOT_WISHED, _WISHED_HELD_BUT_FREE),
    ),
    Invariant(
        number=91,
        name="a wish is signed within the hour, or waits with its reason",
        explanation_da="Hvert ønske til en server er underskrevet inden en time, eller det venter med en grund, som nogen ser.",
        explanation_en="Each wish for a server is signed within an hour, or waits with a reason that somebody sees.",
        enforced=(Enforced.ACTION,),
        guards=(
            "constraint one_wish_per_resource on node_wish",
            "constraint one_reason_per_parked_wish on node_parked",
        ),
        queries=(_WAITING_TOO_LONG,),
    ),
    Invariant(
        number=92,
        name="a tenant's number is one service's, for ever",
        explanation_da="Et lejernummer er givet til én ydelse én gang og bruges aldrig igen.",
        explanation_en="A tenant's number was given to one service once and is never used again.",
        enforced=(Enforced.CONSTRAINT, Enforced.DECISION),
        guards=(
            "trigger hosting_setup_never_deleted on hosting_setup",
            "constraint a_part_is_of_one_service on hosting_part",
        ),
        queries=(_TENANT_TWICE, _TENANT_OF_ANOTHER),
    ),
    Invariant(
        number=93,
        name="no purge without a quarantine and two warrants",
        explanation_da="Intet slettes på en server uden en karantæne før og to fuldmagter.",
        explanation_en="Nothing is purged on a server without a quarantine before it and two warrants.",
        enforced=(Enforced.DECISION,),
        guards=("trigger node_statement_append_only on node_statement",),
        queries=(_PURGE_WITHOUT_TWO,),
    ),
    Invariant(
        number=94,
        name="no quarantine without a warrant",
        explanation_da="Intet tages ud af drift på en server uden en fuldmagt.",
        explanation_en="Nothing is taken out of operation on a server without a warrant.",
        enforced=(Enforced.DECISION,),
        queries=(_QUARANTINE_WITHOUT_WARRANT,),
    ),
    Invariant(
        number=95,
        name="documents follow each other",
        explanation_da="Hvert dokument til en server følger det forrige; kun efter et tab begynder kæden forfra.",
        explanation_en="Each document for a server follows the one before; only after a loss does the chain begin anew.",
        enforced=(Enforced.CONSTRAINT, Enforced.ACTION),
        guards=("constraint one_document_per_number on node_document", "trigger node_lost_append_only on node_lost"),
        queries=(_CHAIN_BROKEN,),
    ),
    Invariant(
        number=96,
        name="a signed document is as it was signed",
        explanation_da="Et underskrevet dokument er, som det var: dets indhold passer til dets hash.",
        explanation_en="A signed document is as it was: its content fits its hash.",
        enforced=(Enforced.CONSTRAINT,),
        guards=("trigger node_document_append_only on node_document",),
        queries=(_HASH_DIFFERS,),
    ),
    Invariant(
        number=97,
        name="what restores waits for nothing adverse",
        explanation_da="Et dokument, der tager noget fra nogen, giver ikke samtidig andre noget tilbage: det må aldrig vente.",
        explanation_en="A document that takes from somebody gives nothing back to others: restoring never waits.",
        enforced=(Enforced.DECISION, Enforced.ACTION),
        queries=(_MIXED,),
    ),
    Invariant(
        number=98,
        name="every part of what runs was told to its node",
        explanation_da="Hver del af en ydelse, der er i drift på en server, er ønsket af den.",
        explanation_en="Each part of a service that runs on a server was wished of it.",
        enforced=(Enforced.ACTION,),
        guards=("unique hosting_touched(service_id)",),
        queries=(_NEVER_WISHED,),
    ),
)
