"""All invariants that are checked, in the order of their numbers."""

from servanda.business.audit.facts import Invariant
from servanda.business.audit.queries.bank import BANK
from servanda.business.audit.queries.books import BOOKS
from servanda.business.audit.queries.claims import CLAIMS
from servanda.business.audit.queries.collecting import COLLECTING
from servanda.business.audit.queries.invoices import INVOICES
from servanda.business.audit.queries.paying_out import PAYING_OUT
from servanda.business.audit.queries.periods import PERIODS
from servanda.business.audit.queries.promises import PROMISES
from servanda.business.audit.queries.scope import Scope
from servanda.business.audit.queries.times import TIMES

INVARIANTS: tuple[Invariant[Scope], ...] = tuple(
    sorted(
        (*BOOKS, *BANK, *INVOICES, *PERIODS, *CLAIMS, *PROMISES, *TIMES, *PAYING_OUT, *COLLECTING),
        key=lambda invariant: invariant.number,
    )
)
