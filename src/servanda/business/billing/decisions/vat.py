"""Whose VAT is on the lines of a document, how much is it for each group, and how much comes back with a credit note?

VAT is taken once for each country, category and rate on the sum of their lines, half up (EN 16931, BR-CO-14 and BR-CO-17).
Credit notes give back the VAT on all that has been credited so far less what earlier ones gave back, and the invoice's own
rest at the end: any number of notes gives back exactly what one would, and never more than was charged.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import msgspec

from servanda.business.billing.facts import DraftLine, InvoiceDraft, InvoiceLineFacts, SalesAbroad, VatGroup
from servanda.business.ledger.facts import Account
from servanda.ground.law.vat import OSS_THRESHOLD, VatBuyer, VatCategory, treatment_of, vat_of
from servanda.ground.law.vat_words import VatBasis
from servanda.ground.money import Money, total_of

NONE_ABROAD = SalesAbroad(Money(0), Money(0), threshold=OSS_THRESHOLD.entries[-1].value)
# Sales to consumers elsewhere in the EU count towards the threshold, whosever VAT was charged.
COUNTED = frozenset({VatBasis.BELOW_THRESHOLD, VatBasis.ONE_STOP_SHOP})

Key = tuple[str, str, Decimal]


def taxed(lines: tuple[DraftLine, ...], buyer: VatBuyer, abroad: SalesAbroad, *, on: date) -> tuple[DraftLine, ...]:
    """Return the lines with the VAT of the consumer's country where the sale goes above the threshold, or is above it."""
    counted = total_of(line.net for line in lines if line.vat.basis is VatBasis.BELOW_THRESHOLD)
    is_any = any(line.vat.basis is VatBasis.BELOW_THRESHOLD for line in lines)
    if is_any and abroad.is_one_stop_shop(counted):
        lines = tuple(
            replace(line, vat=treatment_of(buyer, sold=line.sold, on=on, is_one_stop_shop=True)) for line in lines
        )
    return _alone_or_exempt(lines)


def after(abroad: SalesAbroad, draft: InvoiceDraft) -> SalesAbroad:
    """Return the sales to consumers abroad with those of an invoice that comes next."""
    counted = [line.net for line in draft.lines if line.vat.basis in COUNTED]
    return abroad.with_sale(total_of(counted)) if counted else abroad


def groups_of(lines: Iterable[DraftLine]) -> tuple[VatGroup, ...]:
    """Return the VAT groups of a document with the VAT on the sum of each; lines over nothing have a group too."""
    nets: dict[Key, Money] = defaultdict(lambda: Money(0))
    for line in lines:
        key = (line.vat.country, str(line.vat.category), line.vat.percent)
        nets[key] = nets[key] + line.net
    return tuple(VatGroup(*key, net, vat_of(net, rate=key[2] / 100)) for key, net in sorted(nets.items()))


def groups_to_credit(
    charged: Iterable[VatGroup],
    credited_before: Iterable[VatGroup],
    lines: Iterable[tuple[InvoiceLineFacts, Money]],
) -> tuple[VatGroup, ...]:
    """Return the groups of a credit note over so much of each line, after what was credited before."""
    whole = {group.key: group for group in charged}
    before = _summed(credited_before)
    nets: dict[Key, Money] = defaultdict(lambda: Money(0))
    for line, amount in lines:
        nets[line.vat_key] = nets[line.vat_key] + amount
    return tuple(_given_back(whole[key], net, before.get(key)) for key, net in sorted(nets.items()))


def vat_by_account(groups: Iterable[VatGroup]) -> Mapping[Account, Money]:
    """Return the VAT by the account that it is booked on: ours, and that of other countries."""
    booked: dict[Account, Money] = {}
    for group in groups:
        account = Account.VAT_OUT if group.country == "DK" else Account.VAT_OSS
        booked[account] = booked.get(account, Money(0)) + group.vat
    return booked


def buyer_to_json(buyer: VatBuyer) -> dict[str, object]:
    """Return what was known of a buyer for VAT, as it is stored with the invoice and hashed."""
    stored: dict[str, object] = msgspec.to_builtins(buyer)
    return stored


def buyer_from_json(stored: Mapping[str, object]) -> VatBuyer | None:
    """Return what was stored of a buyer; nothing for invoices from before it was kept."""
    return msgspec.convert(stored, VatBuyer) if stored else None


def _given_back(charged: VatGroup, net: Money, before: VatGroup | None) -> VatGroup:
    credited = net + before.net if before is not None else net
    rounded = vat_of(credited, rate=charged.percent / 100)
    so_far = charged.vat if credited == charged.net else min(rounded, charged.vat)
    return replace(charged, net=net, vat=so_far - before.vat if before is not None else so_far)


def _summed(groups: Iterable[VatGroup]) -> Mapping[Key, VatGroup]:
    summed: dict[Key, VatGroup] = {}
    for group in groups:
        known = summed.get(group.key)
        summed[group.key] = replace(group, net=known.net + group.net, vat=known.vat + group.vat) if known else group
    return summed


def _alone_or_exempt(lines: tuple[DraftLine, ...]) -> tuple[DraftLine, ...]:
    """Return the lines such that what is outside the scope of VAT stands alone or is written as exempt.

    EN 16931 lets an invoice have category O only if it has nothing else (BR-O-11 to BR-O-14). The reason stays.
    """
    if len({line.vat.category for line in lines}) < 2:
        return lines
    return tuple(
        replace(line, vat=replace(line.vat, category=VatCategory.EXEMPT))
        if line.vat.category is VatCategory.OUTSIDE_SCOPE
        else line
        for line in lines
    )
