"""What changed between two versions is told clause by clause."""

from collections.abc import Callable

import pytest

from servanda.terms.comparing import differences
from servanda.terms.document import Agreement

Write = Callable[..., Agreement]
OLD = """## 1.1 Frist
Betal inden {days}.

> Læses sådan.

```toml payment-term
days = 14
counted_from = "receipt"
```
"""


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (OLD, []),
        (OLD.replace("Betal inden", "Betal\ninden"), []),
        (OLD.replace("14", "8"), ["1.1: figure changed (payment-term.days): 14 days → 8 days"]),
        (
            OLD.replace("receipt", "invoice date"),
            ["1.1: rule changed (payment-term.counted_from): receipt → invoice date"],
        ),
        (OLD.replace("Betal", "Du betaler"), ["1.1: prose changed: Betal inden {days}. → Du betaler inden {days}."]),
        (OLD.replace("1 Frist", "1 Betaling"), ["1.1: heading changed: Frist → Betaling"]),
        (OLD.replace("sådan", "ens"), ["1.1: reading changed: Læses sådan. → Læses ens."]),
        (OLD + "## 1.2 Mere\nTekst.\n", ["1.2: clause added: Mere"]),
        (
            OLD.replace("1.1", "1.2"),
            ["1.2: clause added: Frist", "1.1: clause removed: Frist"],
        ),
        (
            OLD + "\n```toml prices\nwithout_vat = true\n```\n",
            ["1.1: rule added (prices): without_vat=yes"],
        ),
        (
            OLD.replace("days = 14", 'days = 14\nproducts = ["web"]'),
            [
                "1.1: rule added (payment-term): days=14, counted_from=receipt",
                "1.1: rule removed (payment-term): days=14, counted_from=receipt",
            ],
        ),
    ],
)
def test_each_difference_is_told(write: Write, new: str, told: list[str]) -> None:
    assert list(map(str, differences(write(OLD), write(new, version="2")))) == told
