"""What a round does for the books: once a day the vouchers and the head of the day before, each time the new links."""

from datetime import date, datetime, timedelta

from servanda.business.books.actions.charting import open_chart
from servanda.business.books.actions.sealing import note_head, seal
from servanda.business.books.actions.vouchers import make_vouchers
from servanda.business.books.queries.chain import head_of
from servanda.business.companies.facts import CompanyFacts


def keep_books(company: CompanyFacts, *, today: date, at: datetime) -> None:
    """Chain what is new; in the first round of a day also make the vouchers of the days that are over, and note the head."""
    has_begun = head_of(company.company_id) is not None  # not in the round after an upgrade, whatever time of day
    is_new_day = not has_begun or company.rounded_on is None or company.rounded_on < today
    if is_new_day:
        open_chart(company.company_id, at=at)
        make_vouchers(company.company_id, today=today, at=at)
    seal(company.company_id, is_whole=is_new_day)
    if is_new_day:
        note_head(company.company_id, day=today - timedelta(days=1), at=at)
