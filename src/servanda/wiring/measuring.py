"""How long does a piece of work take, by the clock and by the processor, whichever process does it?"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import psutil

from servanda.drivers.documents import Column, DocumentMaker, Paper, Payment, Sender, Table, Total


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many documents went through in which time; `cpu_seconds` is of all processes that took part."""

    name: str
    documents: int
    seconds: float
    cpu_seconds: float
    per_second: float
    per_second_and_core: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsBench:
    """What `servanda bench documents` measured; `missing` names rule sets that are not installed."""

    rates: tuple[Rate, ...]
    missing: tuple[str, ...]


def rate_of(name: str, documents: int, run: Callable[[], None], *, process: Callable[[], int | None]) -> Rate:
    """Run the work once and return its rate."""
    other = _cpu_of(process())
    cpu, began = time.process_time(), time.perf_counter()
    run()
    seconds = time.perf_counter() - began
    cpu_seconds = time.process_time() - cpu + _cpu_of(process()) - other
    return Rate(
        name=name,
        documents=documents,
        seconds=seconds,
        cpu_seconds=cpu_seconds,
        per_second=documents / seconds,
        per_second_and_core=documents / max(cpu_seconds, 1e-9),
    )


def papers(count: int) -> Iterator[Paper]:
    """Yield invoices of one page with three lines."""
    for number in range(1, count + 1):
        rows = tuple((f"Webhotel Guld, {place}. måned", "1", "49,50 kr.", "49,50 kr.") for place in range(1, 4))
        yield Paper(
            kind="invoice",
            language="da",
            title="Faktura",
            number=str(number),
            issued_on=date(2026, 12, 1),
            sender=Sender(name="Nordlys Hosting ApS", address_lines=("Fjordvej 12", "9999 Nørrebæk"), cvr="12345674"),
            recipient_lines=("Åby Kommune", "Rådhuspladsen 1", "9998 Åby"),
            table=Table((Column("Ydelse", is_wide=True), Column("Antal"), Column("Pris"), Column("Beløb")), rows),
            totals=(
                Total("I alt uden moms", "148,50 kr."),
                Total("Moms 25 %", "37,13 kr."),
                Total("At betale", "185,63 kr.", True),
            ),
            payment=Payment(
                amount_text="185,63 kr.",
                due_text="31. december 2026",
                account_lines=(("Kortart", "71"),),
                fik_line="+71<000000202600011+81234567<",
            ),
        )


def render_all(maker: DocumentMaker, made: tuple[Paper, ...]) -> None:
    """Make a file of each paper."""
    for paper in made:
        maker.render(paper)


def _cpu_of(process_id: int | None) -> float:
    if process_id is None:
        return 0.0
    times = psutil.Process(process_id).cpu_times()
    return float(times.user + times.system)
