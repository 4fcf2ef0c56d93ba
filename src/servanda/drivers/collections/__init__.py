"""Who collects from customers' accounts for us? Betalingsservice and MobilePay, each an agreement with the customer.

The port is `Collector`: hand over a delivery of orders, and ask what has become of agreements and orders. Both may be called
again with the same: a delivery is known by its number and an order by its key, and news may be told twice. Money is not moved
here: an outcome says what the provider did. Technologies: `file_collector` (Betalingsservice's files 601, 602 and 603) and
`mobilepay` (HTTP, Recurring API version 3). `simulated_centre` and `simulated_mobilepay` are the other ends, for tests and demo.
"""

from servanda.drivers.collections.values import (
    AgreementNews,
    Collector,
    CollectorAway,
    Delivery,
    News,
    Order,
    Outcome,
    OutcomeKind,
    WrongCollectionFile,
)

__all__ = [
    "AgreementNews",
    "Collector",
    "CollectorAway",
    "Delivery",
    "News",
    "Order",
    "Outcome",
    "OutcomeKind",
    "WrongCollectionFile",
]
