"""Which texts will not arrive as they were written, because XML cannot hold all of their signs?"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from servanda.drivers.einvoices.model import Document
from servanda.drivers.einvoices.ports import Objection
from servanda.drivers.einvoices.ubl import holds_foreign_signs
from servanda.ground.law.sentences import Sentence


def altered_texts(document: Document) -> Iterator[Objection]:
    """Yield a warning for each text with control signs or half signs: they are left out when the document is written."""
    for path, text in _texts_in(document, ""):
        if holds_foreign_signs(text):
            yield Objection(
                field=path,
                severity="warning",
                message=Sentence(
                    f"Teksten i {path} har styretegn, som XML ikke kan rumme; de udelades.",
                    f"The text in {path} has control characters that XML cannot hold; they are left out.",
                ),
                remedy=Sentence("Skriv teksten igen uden dem.", "Write the text again without them."),
            )


def _texts_in(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        for number, one in enumerate(value, start=1):
            yield from _texts_in(one, f"{path}[{number}]")
    elif is_dataclass(value):
        for one in fields(value):
            yield from _texts_in(getattr(value, one.name), f"{path}.{one.name}" if path else one.name)
