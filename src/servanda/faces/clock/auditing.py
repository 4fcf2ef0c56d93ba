"""The audit of each night, company by company, kept with what it found."""

import logging
from collections.abc import Callable
from datetime import datetime

from servanda.business.audit.actions import keep_run
from servanda.business.audit.queries import run_audit
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import companies

LOG = logging.getLogger(__name__)


def audit_all(clock: Callable[[], datetime], *, by: str = "system") -> int:
    """Audit all companies, and return in how many something is newly broken. One failure keeps nobody else waiting."""
    broken = 0
    for company in companies():
        try:
            broken += audit_company(company, clock, by=by)
        except Exception:  # the clock's own loop: reported, and tried again the next night
            LOG.exception("the audit of %s failed", company.slug)
    return broken


def audit_company(company: CompanyFacts, clock: Callable[[], datetime], *, by: str = "system") -> bool:
    """Audit one company and keep what was found; True: something is newly broken, and its brake is on."""
    began = clock()
    report = run_audit(company_id=company.company_id)
    return keep_run(company, report, by=by, began_at=began, now=clock())
