"""Telling the nodes of all companies what has changed, and once a night looking for what was missed."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from servanda.business.companies.queries import companies, moment_for, today_of
from servanda.business.hosting.actions import compare_all, tell_nodes
from servanda.business.nodes.actions.reporting import forget_reports

LOG = logging.getLogger(__name__)
REPORTS_KEPT = timedelta(days=30)


def tell_all(clock: Callable[[], datetime]) -> int:
    """Wish for what has changed, company by company, and return how much was new."""
    told = 0
    for company in companies():
        now = clock()
        try:
            told += tell_nodes(company, today=today_of(company, now=now), at=moment_for(company, now=now))
        except Exception:  # the clock's own loop: one company keeps no other waiting
            LOG.exception("the nodes of %s were not told", company.slug)
    return told


def compare_everything(clock: Callable[[], datetime]) -> int:
    """Compare all that shall hold with all that is wished, and return what had been missed: that should be nothing."""
    missed = 0
    for company in companies():
        now = clock()
        try:
            found = compare_all(company, today=today_of(company, now=now), at=moment_for(company, now=now))
        except Exception:  # as above
            LOG.exception("the nodes of %s were not compared", company.slug)
            continue
        if found:
            LOG.warning("%s statements of %s had been missed and are wished for now", found, company.slug)
        missed += found
    forget_reports(before=clock() - REPORTS_KEPT)
    return missed
