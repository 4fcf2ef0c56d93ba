"""Writing drafts of the terms, publishing them, and keeping what was accepted."""

from servanda.business.library.actions.accepting import (
    NotVendorTerms,
    accept,
    accept_all,
    add_vendor_terms,
    keep_shown,
)
from servanda.business.library.actions.confirming import NotConfirmed, confirm_figure
from servanda.business.library.actions.drafting import (
    NotADraft,
    approve_draft,
    change_figure,
    drop_draft,
    keep_forecast,
    rewrite_draft,
    start_draft,
)
from servanda.business.library.actions.proposing import NotSettled, propose_change, settle_proposal
from servanda.business.library.actions.publishing import NotPublished, publish_draft, publish_terms

__all__ = [
    "NotADraft",
    "NotConfirmed",
    "NotPublished",
    "NotSettled",
    "NotVendorTerms",
    "accept",
    "accept_all",
    "add_vendor_terms",
    "approve_draft",
    "change_figure",
    "confirm_figure",
    "drop_draft",
    "keep_forecast",
    "keep_shown",
    "propose_change",
    "publish_draft",
    "publish_terms",
    "rewrite_draft",
    "settle_proposal",
    "start_draft",
]
