"""What do collections mean to the providers? Orders and news change shape here, and nothing else."""

from servanda.business.collecting.facts import CreditorFacts, DeliveryFacts, DeliveryOrder, ToldMandate, ToldOutcome
from servanda.business.companies.facts import CompanyFacts
from servanda.drivers.collections import Collector, Delivery, News, Order


class Provider:
    """A provider as the business speaks of it, whatever technology stands behind."""

    def __init__(self, collector: Collector) -> None:
        self.collector = collector

    def hand_over(self, delivery: DeliveryFacts) -> None:
        """Hand over a delivery; once more changes nothing."""
        orders = tuple(order_of(one) for one in delivery.orders)
        self.collector.order(Delivery(delivery.number, delivery.made_on, orders))

    def news(
        self, *, agreements: tuple[str, ...], waiting: tuple[DeliveryOrder, ...]
    ) -> tuple[tuple[ToldMandate, ...], tuple[ToldOutcome, ...]]:
        """Return what is told of agreements and of orders."""
        news = self.collector.news(agreements=agreements, waiting=tuple(order_of(one) for one in waiting))
        return _mandates(news), _outcomes(news)


def order_of(order: DeliveryOrder) -> Order:
    return Order(order.key, order.mandate_number, order.customer_number, order.amount, order.collect_on, order.text)


def creditor_values(company: CompanyFacts, creditor: CreditorFacts) -> tuple[str, str, str, str, str]:
    """Return the creditor's number, debtor group, supplier of files, and account, as the files have them."""
    return (
        creditor.number,
        creditor.details.get("debtor_group", "00001"),
        creditor.details.get("supplier", company.cvr),
        company.bank_registration,
        company.bank_account,
    )


def _mandates(news: News) -> tuple[ToldMandate, ...]:
    return tuple(
        ToldMandate(one.agreement, one.customer_number, one.is_active, one.on, one.by) for one in news.agreements
    )


def _outcomes(news: News) -> tuple[ToldOutcome, ...]:
    return tuple(
        ToldOutcome(
            reference=one.reference,
            kind=one.kind,
            key=one.key,
            mandate_number=one.agreement,
            customer_number=one.customer_number,
            amount=one.amount,
            on=one.on,
            reason=one.reason,
        )
        for one in news.outcomes
    )
