"""All invariants that are checked, in the order of their numbers."""

from servanda.business.audit.facts import Invariant
from servanda.business.audit.queries.bank import BANK
from servanda.business.audit.queries.books import BOOKS
from servanda.business.audit.queries.claims import CLAIMS
from servanda.business.audit.queries.collecting import COLLECTING
from servanda.business.audit.queries.einvoices import EINVOICES
from servanda.business.audit.queries.invoices import INVOICES
from servanda.business.audit.queries.nodes import NODES
from servanda.business.audit.queries.paying_out import PAYING_OUT
from servanda.business.audit.queries.periods import PERIODS
from servanda.business.audit.queries.promises import PROMISES
from servanda.business.audit.queries.refunds import REFUNDS
from servanda.business.audit.queries.scope import Scope
from servanda.business.audit.queries.sealed import SEALED
from servanda.business.audit.queries.times import TIMES
from servanda.business.audit.queries.vat import VAT

INVARIANTS: tuple[Invariant[Scope], ...] = tuple(
    sorted(
        (
            *BANK,
            *BOOKS,
            *CLAIMS,
            *COLLECTING,
            *EINVOICES,
            *INVOICES,
            *NODES,
            *PAYING_OUT,
            *PERIODS,
            *PROMISES,
            *REFUNDS,
            *SEALED,
            *TIMES,
            *VAT,
        ),
        key=lambda invariant: invariant.number,
    )
)
# What must hold before a period of the books is closed.
OF_THE_BOOKS = (1, 2, 3, 6, 7, 8, 15, 16, 77)
