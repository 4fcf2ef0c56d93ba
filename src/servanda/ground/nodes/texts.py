"""Citations as a node may carry them: in the letters of its closed grammar, and no longer than it allows."""

import re
from collections.abc import Iterable

from servanda.ground.citation import Citation, texts_of

_FOREIGN = re.compile(r"[^\w .,:§()-]")
_LENGTH = 120


def clause_text(citations: Iterable[Citation]) -> str:
    """Return the citations as one line for the machine and its pages; never empty."""
    text = ", ".join(texts_of(tuple(citations))) or "-"
    return _FOREIGN.sub(" ", text)[:_LENGTH]
