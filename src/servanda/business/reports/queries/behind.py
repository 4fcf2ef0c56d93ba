"""The rows behind a figure: which documents, lines, payments or charges add up to it? The sum of the rows is the figure."""

from collections.abc import Mapping
from datetime import date, timedelta

from servanda.business.reports.decisions.movements import is_running
from servanda.business.reports.facts import AGES, DELAYS, FoundRow, FoundRows, Life, Wanted
from servanda.business.reports.queries.arrears import AGE, ITEMS
from servanda.business.reports.queries.asking import amount, one_view, rows, rows_of_documents
from servanda.business.reports.queries.lives import lives_of
from servanda.ground.calendar import add_months
from servanda.ground.money import Money
from servanda.ground.refusal import Refused

PAGE = 100
MOST = 200_000

# Each gives: customer, number, document, a day, another day, a text, and the amount.
_DOCUMENTS = """
select i.customer_id, i.number, i.kind as document, i.issued_on as on_day, i.due_on as to_day,
       string_agg(distinct l.product_code, ', ') as text,
       sum(case when i.kind = 'invoice' then l.net_minor else -l.net_minor end) as amount
  from invoice i join invoice_line l on l.invoice_id = i.id left join contract_line c on c.id = l.line_id
 where i.company_id = %(company)s and i.issued_on >= %(since)s and i.issued_on < %(until)s
   and (%(product)s = '' or l.product_code = %(product)s)
   and (%(plan)s::text is null or coalesce(c.plan_code, '') = %(plan)s)
   and (%(customer_kind)s = '' or i.customer_kind = %(customer_kind)s)
   and (%(customer_id)s::bigint is null or i.customer_id = %(customer_id)s)
   and (%(document)s = '' or i.kind = %(document)s)
   and (%(category)s = '' or l.vat_category = %(category)s)
   and (%(percent)s::numeric is null or l.vat_percent = %(percent)s)
 group by i.id
"""
_PIECE = """
select i.customer_id, i.number, i.kind, l.description, i.customer_kind, l.product_code, c.plan_code,
       coalesce(l.since, i.issued_on) as since, coalesce(l.until, i.issued_on + 1) as until, l.net_minor, 1 as lines
  from invoice i join invoice_line l on l.invoice_id = i.id left join contract_line c on c.id = l.line_id
 where i.company_id = %(company)s
"""
_SHARE = """
  least(greatest({day} - s.since, 0), s.until - s.since) * (s.net_minor / (s.until - s.since))
  + least(least(greatest({day} - s.since, 0), s.until - s.since), mod(s.net_minor, s.until - s.since))
"""
_EARNED = f"""
select s.customer_id, s.number, s.kind as document, s.since as on_day, s.until - 1 as to_day, s.description as text,
       (case when s.kind = 'invoice' then 1 else -1 end)
       * (({_SHARE.format(day="%(until)s::date")}) - ({_SHARE.format(day="%(since)s::date")})) as amount
  from ({_PIECE}) s
 where s.since < %(until)s and s.until > %(since)s
   and (%(product)s = '' or s.product_code = %(product)s)
   and (%(plan)s::text is null or coalesce(s.plan_code, '') = %(plan)s)
   and (%(customer_kind)s = '' or s.customer_kind = %(customer_kind)s)
   and (%(customer_id)s::bigint is null or s.customer_id = %(customer_id)s)
   and (%(document)s = '' or s.kind = %(document)s)
"""
_OPEN = f"""
{ITEMS}
, found as (
select item.customer_id, i.number, coalesce(c.kind, 'invoice') as document, item.since as on_day, item.due_on as to_day,
       '' as text, item.open as amount
  from (select *, {AGE.format(day="%(as_of)s")} as age from item) item
  join invoice i on i.id = item.invoice_id left join charge c on c.id = item.charge_id
 where item.open <> 0 and (%(age)s::int is null or item.age = %(age)s)
   and (%(customer_id)s::bigint is null or item.customer_id = %(customer_id)s))
"""
_TEXTS = """
select id, concat_ws(': ', plan_code, nullif(description, '')) from contract_line where id = any(%(ids)s)
"""
_ENTRIES = """
select customer_id, null::bigint as number, state as document, booked_on as on_day, value_on as to_day,
       concat_ws(' · ', nullif(payer_name, ''), nullif(text, ''), nullif(creditor_reference, '')) as text,
       amount_minor as amount
  from bank_entry
 where company_id = %(company)s and state <> 'split'
   and (%(way)s = 'suspense-now' and state = 'suspense' or booked_on >= %(since)s and booked_on < %(until)s)
   and case %(way)s when '' then true when 'suspense-now' then state = 'suspense'
                    when 'out' then is_reversal or amount_minor < 0
                    when 'suspense' then state = 'suspense' and not (is_reversal or amount_minor < 0)
                    when 'explained' then state = 'explained' and not (is_reversal or amount_minor < 0)
                    when 'reversed' then state = 'reversed' and not (is_reversal or amount_minor < 0)
                    when 'person' then because = 'a person''s word' and state = 'matched'
                                       and not (is_reversal or amount_minor < 0)
                    else state = 'matched' and because <> 'a person''s word'
                         and not (is_reversal or amount_minor < 0) end
   and (%(rule)s::text is null or %(rule)s = '' or because = %(rule)s)
"""
_PAID = """
select i.customer_id, i.number, 'payment' as document, i.due_on as on_day, a.value_on as to_day, a.because as text,
       a.amount_minor as amount
  from allocation a join invoice i on i.id = a.invoice_id
 where a.company_id = %(company)s and a.entry_id is not null and a.charge_id is null and i.due_on is not null
   and a.on_day >= %(since)s and a.on_day < %(until)s
   and (%(delay)s::int is null or width_bucket(a.value_on - i.due_on, %(delays)s::int[]) = %(delay)s)
"""
_CHARGES = """
select c.customer_id, i.number, c.kind as document, c.on_day, null::date as to_day, '' as text, c.amount_minor as amount
  from charge c join invoice i on i.id = c.invoice_id
 where c.company_id = %(company)s and c.on_day >= %(since)s and c.on_day < %(until)s
   and (%(kind)s = '' or c.kind = %(kind)s)
"""
LISTS: Mapping[str, str] = {
    "documents": f"with found as ({_DOCUMENTS})",
    "earned": f"with found as ({_EARNED})",
    "open": _OPEN,
    "lines": "",  # by what they bring in a month, which `lives_of` knows
    "entries": f"with found as ({_ENTRIES})",
    "paid": f"with found as ({_PAID})",
    "charges": f"with found as ({_CHARGES})",
}

_OF_DOCUMENTS = ("documents", "earned")  # nothing else changes these lists


class NoSuchRows(Refused):
    """There is no list of that name."""


def rows_behind(
    company_id: int, name: str, wanted: Wanted, *, today: date, page: int = 1, is_whole: bool = False
) -> FoundRows:
    """Return a page of the rows behind a figure, or all of them; refuses an unknown list."""
    if name not in LISTS:
        raise NoSuchRows(
            "There is no list '%(name)s'. Choose one of: %(known)s.", {"name": name, "known": ", ".join(LISTS)}
        )
    values = _values(company_id, wanted, today=today)
    limit, offset = (MOST, 0) if is_whole else (PAGE, (max(page, 1) - 1) * PAGE)
    with one_view():
        if name == "lines":
            return _lines(company_id, wanted, today=today, limit=limit, offset=offset)
        ask = rows_of_documents if name in _OF_DOCUMENTS else rows
        ((count, total),) = ask(f"{LISTS[name]} select count(*), sum(amount) from found", values)
        found = ask(
            f"{LISTS[name]} select customer_id, number, document, on_day, to_day, text, amount from found "
            "order by on_day desc nulls last, number desc nulls last, customer_id, text, amount "
            f"limit {limit} offset {offset}",
            values,
        )
    return FoundRows(count, amount(total), tuple(_row(*one) for one in found))


def _lines(company_id: int, wanted: Wanted, *, today: date, limit: int, offset: int) -> FoundRows:
    """Return contract lines with what they bring in a month: those that run on a day, or began or ended in a stretch."""
    as_of = min(wanted.as_of or today, today)
    kept = sorted((life for life in lives_of(company_id) if _is_wanted(life, wanted, as_of)), key=_newest_first)
    shown = kept[offset : offset + limit]
    texts = dict(rows(_TEXTS, {"ids": [life.line_id for life in shown]}))
    return FoundRows(
        len(kept),
        Money(sum(_month_minor(life, wanted, as_of) for life in kept)),
        tuple(
            _row(
                life.customer_id,
                None,
                "line",
                life.began_on,
                life.until - timedelta(days=1) if life.until is not None else None,
                texts[life.line_id],
                _month_minor(life, wanted, as_of),
            )
            for life in shown
        ),
    )


def _is_wanted(life: Life, wanted: Wanted, as_of: date) -> bool:
    if (wanted.product and life.product != wanted.product) or wanted.cause not in (None, life.end_cause):
        return False
    since, until = wanted.since or date.min, wanted.until or date.max
    match wanted.state:
        case "begun":
            return since <= life.began_on < until
        case "ended":
            return life.until is not None and since < life.until <= until
        case "own-price":
            return life.own_price_minor is not None and is_running(life, as_of)
        case _:
            return is_running(life, as_of)


def _month_minor(life: Life, wanted: Wanted, as_of: date) -> int:
    ended_on = life.until if wanted.state == "ended" else None
    return life.month_minor(ended_on or as_of)


def _newest_first(life: Life) -> tuple[int, int]:
    return (-life.began_on.toordinal(), life.line_id)


def _values(company_id: int, wanted: Wanted, *, today: date) -> dict[str, object]:
    as_of = min(wanted.as_of or today, today)
    return {
        "company": company_id,
        "since": wanted.since or add_months(today, -12),
        "until": wanted.until or date(9999, 1, 1),
        "as_of": as_of,
        "earlier": as_of,
        "is_past": as_of < today,
        "ages": list(AGES),
        "delays": list(DELAYS),
        **{
            name: getattr(wanted, name)
            for name in ("product", "plan", "customer_kind", "customer_id", "document", "category", "percent")
        },
        **{name: getattr(wanted, name) for name in ("age", "delay", "state", "cause", "way", "rule", "kind")},
    }


def _row(
    customer_id: int | None,
    number: int | None,
    document: str,
    on: date | None,
    to: date | None,
    text: str,
    minor: int,
) -> FoundRow:
    return FoundRow(customer_id, number, document, on, to, text, amount(minor))
