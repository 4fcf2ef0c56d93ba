"""All invariants that are checked, in the order of their numbers."""

from servanda.business.audit.facts import Invariant
from servanda.business.audit.queries.books import BOOKS
from servanda.business.audit.queries.claims import CLAIMS
from servanda.business.audit.queries.einvoices import EINVOICES
from servanda.business.audit.queries.invoices import INVOICES
from servanda.business.audit.queries.periods import PERIODS
from servanda.business.audit.queries.promises import PROMISES
from servanda.business.audit.queries.scope import Scope
from servanda.business.audit.queries.times import TIMES

INVARIANTS: tuple[Invariant[Scope], ...] = tuple(
    sorted(
        (*BOOKS, *INVOICES, *PERIODS, *CLAIMS, *PROMISES, *TIMES, *EINVOICES), key=lambda invariant: invariant.number
    )
)
