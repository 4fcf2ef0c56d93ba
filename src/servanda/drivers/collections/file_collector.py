"""Betalingsservice by files: deliveries 601 are laid in one folder, 602 and 603 are taken from another.

How the folders reach the centre (SFTP, a portal) is for the installation. A delivery's file has its number in its name and is
written whole or not at all, so that writing it again changes nothing.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from servanda.drivers.collections.betalingsservice import Creditor, read_news, write_orders
from servanda.drivers.collections.values import Delivery, News, Order


@dataclass(frozen=True, slots=True)
class FileCollector:
    """One company's folders."""

    creditor: Creditor
    outbox: Path
    inbox: Path

    def order(self, delivery: Delivery) -> None:
        self.outbox.mkdir(parents=True, exist_ok=True)
        file = self.outbox / f"{self.creditor.number}-{delivery.number:010d}.601"
        if file.exists():
            return
        unfinished = file.with_suffix(".part")
        unfinished.write_bytes(write_orders(delivery, self.creditor))
        os.replace(unfinished, file)

    def news(self, *, agreements: tuple[str, ...], waiting: tuple[Order, ...]) -> News:
        told = [
            read_news(file.read_bytes(), file=file.name, creditor=self.creditor.number)
            for file in sorted(self.inbox.glob("*.60[23]"))
        ]
        return News(
            agreements=tuple(one for news in told for one in news.agreements),
            outcomes=tuple(one for news in told for one in news.outcomes),
        )
