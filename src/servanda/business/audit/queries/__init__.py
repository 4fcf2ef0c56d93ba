"""Checking the invariants, and the list of them."""

from servanda.business.audit.queries.reference import reference_page
from servanda.business.audit.queries.running import NoSuchInvariant, run_audit
from servanda.business.audit.queries.table import INVARIANTS

__all__ = ["INVARIANTS", "NoSuchInvariant", "reference_page", "run_audit"]
