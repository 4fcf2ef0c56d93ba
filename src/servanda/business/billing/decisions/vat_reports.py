"""What is declared of a period: the VAT return, the EU sales list, the One Stop Shop, and does it tie to the books?

All of it comes from the documents issued in the period. A credit note counts in the period in which it is issued, except in
the One Stop Shop, where it corrects the quarter of its invoice (art. 61 of Regulation 282/2011). Amounts stay exact here;
whoever fills in a form in whole kroner rounds there.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from servanda.business.billing.facts import (
    EuSale,
    LedgerTie,
    OssCorrection,
    OssSale,
    TaxedSale,
    VatReport,
    VatReturn,
)
from servanda.business.ledger.facts import Account
from servanda.ground.law.vat_periods import quarter_of
from servanda.ground.law.vat_words import VatBasis
from servanda.ground.money import Money, total_of
from servanda.ground.periods import Period

# Sales without Danish VAT that are not reported to other countries: rubrik C.
OTHERS = frozenset({VatBasis.DEALER, VatBasis.OUTSIDE_EU, VatBasis.EXPORT})


def vat_report(sales: Iterable[TaxedSale], booked: Mapping[str, Money], *, period: Period) -> VatReport:
    """Return what is declared of a period; `booked` is what stands on the ledger's accounts for it, sales above zero."""
    known = tuple(sales)
    abroad = tuple(one for one in known if one.country != "DK")
    return VatReport(
        period=period,
        boxes=_boxes(known),
        eu_sales=_eu_sales(known),
        oss=_oss(one for one in abroad if not _is_correction(one, period)),
        corrections=_corrections(one for one in abroad if _is_correction(one, period)),
        ties=_ties(known, booked),
        documents=len({one.document_id for one in known}),
    )


def in_euro(amount: Money, *, kroner_per_euro: Decimal) -> Money:
    """Return an amount in euro at a stated rate, to the nearest cent."""
    return Money(1, "EUR").times(Decimal(amount.minor) / kroner_per_euro)


def whole_kroner(amount: Money) -> int:
    """Return the amount in whole kroner, as forms have it, rounded half away from nothing."""
    return amount.times(Decimal("0.01")).minor


def _boxes(sales: tuple[TaxedSale, ...]) -> VatReturn:
    danish = [one for one in sales if one.country == "DK"]
    return VatReturn(
        sales_vat=total_of(one.vat for one in danish),
        taxed_net=_net(danish, lambda one: one.category == "S"),
        goods_to_eu=_net(danish, lambda one: one.basis == VatBasis.GOODS_TO_EU),
        services_to_eu=_net(danish, lambda one: one.basis == VatBasis.REVERSE_CHARGE),
        others=_net(danish, lambda one: one.basis in OTHERS),
        outside=_net(danish, lambda one: one.basis == VatBasis.OUTSIDE_VAT),
        one_stop_shop=_net(sales, lambda one: one.country != "DK"),
    )


def _net(sales: Iterable[TaxedSale], counts: Callable[[TaxedSale], bool]) -> Money:
    return total_of(one.net for one in sales if counts(one))


def _eu_sales(sales: Iterable[TaxedSale]) -> tuple[EuSale, ...]:
    nets: dict[tuple[str, str], dict[str, Money]] = defaultdict(dict)
    for one in sales:
        if one.basis in (VatBasis.REVERSE_CHARGE, VatBasis.GOODS_TO_EU):
            found = nets[one.buyer_country, one.buyer_number]
            found[one.basis] = found.get(one.basis, Money(0)) + one.net
    return tuple(
        EuSale(
            country=country,
            number=number,
            services=found.get(VatBasis.REVERSE_CHARGE, Money(0)),
            goods=found.get(VatBasis.GOODS_TO_EU, Money(0)),
        )
        for (country, number), found in sorted(nets.items())
    )


def _oss(sales: Iterable[TaxedSale]) -> tuple[OssSale, ...]:
    found: dict[tuple[str, Decimal], tuple[Money, Money]] = {}
    for one in sales:
        net, vat = found.get((one.country, one.percent), (Money(0), Money(0)))
        found[one.country, one.percent] = (net + one.net, vat + one.vat)
    return tuple(
        OssSale(country=country, percent=percent, net=net, vat=vat)
        for (country, percent), (net, vat) in sorted(found.items())
    )


def _corrections(sales: Iterable[TaxedSale]) -> tuple[OssCorrection, ...]:
    found: dict[tuple[str, str], tuple[Money, Money]] = {}
    for one in sales:
        assert one.original_on is not None
        key = (quarter_of(one.original_on), one.country)
        net, vat = found.get(key, (Money(0), Money(0)))
        found[key] = (net + one.net, vat + one.vat)
    return tuple(
        OssCorrection(quarter=quarter, country=country, net=net, vat=vat)
        for (quarter, country), (net, vat) in sorted(found.items())
    )


def _is_correction(sale: TaxedSale, period: Period) -> bool:
    return sale.original_on is not None and sale.original_on < period.since


def _ties(sales: tuple[TaxedSale, ...], booked: Mapping[str, Money]) -> tuple[LedgerTie, ...]:
    by_documents = {
        Account.SALES: total_of(one.net for one in sales),
        Account.VAT_OUT: total_of(one.vat for one in sales if one.country == "DK"),
        Account.VAT_OSS: total_of(one.vat for one in sales if one.country != "DK"),
    }
    return tuple(
        LedgerTie(account=str(account), by_documents=amount, by_ledger=booked.get(str(account), Money(0)))
        for account, amount in by_documents.items()
    )
