"""How fast are e-documents written, checked and judged, and PDFs made? Per second and core, without a database."""

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

from servanda.faces.cli.database import use_settings


class Rate(Protocol):
    """How many documents went through in which time."""

    @property
    def name(self) -> str: ...
    @property
    def documents(self) -> int: ...
    @property
    def seconds(self) -> float: ...
    @property
    def cpu_seconds(self) -> float: ...
    @property
    def per_second(self) -> float: ...
    @property
    def per_second_and_core(self) -> float: ...


class DocumentsBench(Protocol):
    """All that was measured."""

    @property
    def rates(self) -> Sequence[Rate]: ...
    @property
    def missing(self) -> Sequence[str]: ...


class _Drivers(Protocol):
    def document_rates(self, count: int) -> DocumentsBench: ...


def bench_documents(count: int) -> DocumentsBench:
    """Measure with so many documents of each kind."""
    use_settings()
    from django.conf import settings

    return cast(_Drivers, import_module(settings.DRIVERS)).document_rates(count)


def documents_text(found: DocumentsBench) -> str:
    """Return the figures as a table."""
    head = f"{'':<50} {'per second':>12} {'and core':>12} {'ms of processor':>16}"
    rows = [
        f"{one.name:<50} {one.per_second:>12,.0f} {one.per_second_and_core:>12,.0f}"
        f" {one.cpu_seconds * 1000 / one.documents:>16.2f}"
        for one in found.rates
    ]
    missing = [f"Not measured, because not installed: {', '.join(found.missing)}."] if found.missing else []
    return "\n".join((head, *rows, *missing))
