"""The few words that a maker adds to a paper or a book by itself, in the reader's language."""

from collections.abc import Mapping
from types import MappingProxyType

from servanda.drivers.documents import Language

LABELS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "da": MappingProxyType(
            {
                "cvr": "CVR-nr.",
                "phone": "Tlf.",
                "payment": "Betaling",
                "amount": "Beløb",
                "due": "Betales senest",
                "reference": "Reference",
                "fik": "Betalingslinje",
                "basis": "Grundlag",
                "refers_to": "Vedrører faktura",
                "page": "Side",
                "of": "af",
                "lines": "Linjer",
                "contents": "Indhold",
                "legend": "Mærkerne i margenen",
            }
        ),
        "en": MappingProxyType(
            {
                "cvr": "CVR no.",
                "phone": "Tel.",
                "payment": "Payment",
                "amount": "Amount",
                "due": "Pay by",
                "reference": "Reference",
                "fik": "Payment line",
                "basis": "Basis",
                "refers_to": "Concerns invoice",
                "page": "Page",
                "of": "of",
                "lines": "Lines",
                "contents": "Contents",
                "legend": "The marks in the margin",
            }
        ),
    }
)
