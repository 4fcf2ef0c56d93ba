"""Small agreements, written in the test that needs them."""

from collections.abc import Callable

import pytest

from servanda.terms.document import Agreement
from servanda.terms.parsing import parse

HEAD = """---
provider = "birk"
name = "Birks Bits"
version = "{version}"
effective_on = {effective_on}
language = "{language}"
---
"""


@pytest.fixture(name="write")
def fixture_write() -> Callable[..., Agreement]:
    """Give a function that makes an agreement of the clauses in a text; the text must be sound."""

    def write(
        clauses: str, *, version: str = "1", effective_on: str = "2025-01-01", language: str = "da", file: str = ""
    ) -> Agreement:
        head = HEAD.format(version=version, effective_on=effective_on, language=language)
        read = parse(head + clauses, file=file or f"{version}.{language}.md")
        assert read.agreement is not None, read.problems
        return read.agreement

    return write
