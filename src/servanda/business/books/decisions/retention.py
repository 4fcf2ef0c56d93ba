"""How long is each kind of record kept, and by which law? Every table of the project is named here, once.

Nothing is deleted by this: it says what may go and when, per record or per financial year. A test holds the list against the
tables that there are, so a new one cannot be forgotten.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from servanda.ground.calendar import add_months
from servanda.ground.citation import Citation
from servanda.ground.law.retention import BOOKKEEPING, OSS_RECORDS, keep_until, oss_keep_until


class RetentionClass(StrEnum):
    ACCOUNTING = "accounting"  # bookkeeping material
    OSS = "oss"  # records of the One Stop Shop
    CONTRACT = "contract"  # what was agreed, and the proof of it
    CUSTOMER = "customer"  # who somebody is, while they are a customer and as long as anything of theirs is kept
    PROOF = "proof"  # evidence of what was done and why; the chain needs it whole
    ACCESS = "access"  # who may sign in, while they may
    WORK = "work"  # what the program needs to run: found again from other tables, or gone by itself
    TERMS = "terms"  # published texts, which name nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule:
    """What a class is kept for. `years` empty: as long as what it belongs to."""

    name: RetentionClass
    years: int | None
    because: Citation
    counted_from: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTable:
    """A table with its class, and the column of the day that its rows count from, where it has one of its own."""

    table: str
    name: RetentionClass
    day: str = ""
    has_company: bool = True


_GDPR = Citation("Databeskyttelsesforordningen", "art. 5, stk. 1, litra e")
_LIMITATION = Citation("Forældelsesloven", "§ 3", "1238/2015")
_PROOF = Citation("Bogføringsloven", "§ 3, stk. 1", "700/2022")
RULES: Mapping[RetentionClass, RetentionRule] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            RetentionRule(
                name=RetentionClass.ACCOUNTING, years=5, because=BOOKKEEPING, counted_from="end of the financial year"
            ),
            RetentionRule(
                name=RetentionClass.OSS, years=10, because=OSS_RECORDS, counted_from="end of the calendar year"
            ),
            RetentionRule(
                name=RetentionClass.CONTRACT,
                years=3,
                because=_LIMITATION,
                counted_from="end of the contract, and a year over",
            ),
            RetentionRule(
                name=RetentionClass.CUSTOMER, years=None, because=_GDPR, counted_from="the last record that names them"
            ),
            RetentionRule(
                name=RetentionClass.PROOF,
                years=5,
                because=_PROOF,
                counted_from="end of the financial year: the audit trail",
            ),
            RetentionRule(name=RetentionClass.ACCESS, years=None, because=_GDPR, counted_from="the last day of access"),
            RetentionRule(name=RetentionClass.WORK, years=None, because=_GDPR, counted_from="the work it is for"),
            RetentionRule(
                name=RetentionClass.TERMS, years=None, because=_PROOF, counted_from="the last contract on it"
            ),
        )
    }
)


_A, _C, _U, _P = RetentionClass.ACCOUNTING, RetentionClass.CONTRACT, RetentionClass.CUSTOMER, RetentionClass.PROOF
_O = RetentionClass.OSS
_S, _W, _T = RetentionClass.ACCESS, RetentionClass.WORK, RetentionClass.TERMS
# table, class, the column of the day it counts from, and whether its rows name their company
_KEPT: tuple[tuple[str, RetentionClass, str, bool], ...] = (
    ("invoice", _A, "issued_on", True),
    ("invoice_line", _A, "", False),
    ("charge", _A, "on_day", True),
    ("bank_statement", _A, "closing_on", True),
    ("bank_entry", _A, "booked_on", True),
    ("allocation", _A, "on_day", True),
    ("billing_number_series", _A, "", True),
    ("ledger_entry", _A, "on_day", True),
    ("ledger_posting", _A, "", True),
    ("ledger_closing", _A, "on_day", True),
    ("books_account", _A, "", True),
    ("books_voucher", _A, "day", True),
    ("books_voucher_line", _A, "", False),
    ("books_voucher_entry", _A, "", False),
    ("books_void", _A, "on_day", True),
    ("books_reopening", _A, "", True),
    ("invoice_vat", _A, "", False),
    ("one_stop_shop_choice", _A, "since", True),
    ("vat_number_check", _A, "", True),
    ("vat_number_wish", _W, "", True),
    ("customer_location_evidence", _O, "", False),
    ("customer_residence", _O, "since", False),
    ("write_off", _A, "on_day", True),
    ("write_off_limit", _A, "since", True),
    ("payment_account", _A, "", True),
    ("bank_notice", _A, "booked_on", True),
    ("bank_mapping", _W, "", True),
    ("credit_use", _A, "on_day", True),
    ("billing_refund", _A, "on_day", True),
    ("contract_line_change", _C, "on_day", False),
    ("collecting_creditor", _W, "", True),
    ("mandate", _C, "until", True),
    ("collecting_delivery", _A, "made_on", True),
    ("collecting_order", _A, "collect_on", True),
    ("collecting_news", _A, "", True),
    ("payout_batch", _A, "execution_on", True),
    ("payout", _A, "", True),
    ("payout_approval", _A, "", False),
    ("payout_report", _A, "", True),
    ("payout_stop", _W, "", True),
    ("einvoice", _A, "sent_on", True),
    ("einvoice_content", _A, "", False),
    ("einvoice_answer", _A, "", True),
    ("einvoice_contract_reference", _C, "", False),
    ("letter", _A, "on_day", True),
    ("letter_document", _A, "", False),
    ("books_link", _P, "", True),
    ("books_head", _P, "day", True),
    ("evidence_record", _P, "on_day", True),
    ("evidence_warrant", _P, "expires_on", True),
    ("evidence_brake", _W, "", True),
    ("evidence_range", _W, "", True),
    ("evidence_halt", _W, "", False),
    ("installation_incarnation", _P, "", False),
    ("installation_place", _W, "", False),
    ("installation_step", _W, "", False),
    ("audit_run", _P, "on_day", True),
    ("contract", _C, "ended_on", True),
    ("contract_line", _C, "ended_on", True),
    ("contract_notice", _C, "ends_on", False),
    ("contract_deviation", _C, "", False),
    ("contract_dispute", _C, "closed_on", False),
    ("contract_negotiation", _C, "on_day", False),
    ("contract_change", _C, "effect_on", True),
    ("contract_announcement", _C, "", False),
    ("contract_succession", _C, "effect_on", False),
    ("contract_discontinued", _C, "ends_on", False),
    ("acceptance", _C, "", True),
    ("shown_terms", _T, "", True),
    ("published_terms", _T, "", True),
    ("vendor_terms", _T, "", True),
    ("terms_draft", _W, "", True),
    ("terms_draft_approval", _W, "", False),
    ("terms_change_proposal", _C, "", True),
    ("customer", _U, "last_purchase_on", True),
    ("service", _U, "purged_on", True),
    ("service_hold", _C, "placed_on", False),
    ("hosting_setup", _U, "", False),
    ("hosting_part", _U, "removed_on", False),
    ("hosting_site_name", _U, "", False),
    ("hosting_secret", _S, "", False),
    ("hosting_touched", _W, "", False),
    ("hosting_bulk_mail", _C, "", False),
    ("hosting_errand", _C, "", False),
    ("hosting_usage", _A, "day", False),
    ("hosting_task", _C, "", False),
    ("hosting_word", _S, "", False),
    ("backup_copy", _C, "", False),
    ("node", _W, "", True),
    ("node_token", _S, "", False),
    ("node_wish", _W, "", False),
    ("node_report", _W, "", False),
    ("node_finding", _W, "", False),
    ("node_refusal", _W, "", False),
    ("node_signing_key", _P, "", False),
    ("node_document", _P, "", False),
    ("node_statement", _P, "on_day", False),
    ("node_lost", _P, "", False),
    ("node_parked", _W, "", False),
    ("company", _W, "", False),
    ("catalogue_product", _T, "", True),
    ("catalogue_plan", _T, "", False),
    ("catalogue_price", _T, "", False),
    ("billing_running_line", _W, "", True),
    ("dunning_claim", _W, "", True),
    ("dunning_pause", _C, "ended_on", True),
    ("dunning_proposal", _C, "", True),
    ("access_membership", _S, "", True),
    ("access_invitation", _S, "", True),
    ("identity_staff_post", _S, "", False),
    ("identity_second_factor", _S, "", False),
    ("identity_recovery_code", _S, "", False),
    ("access_link", _S, "", True),
    ("access_mail", _W, "", True),
    ("access_sitting", _S, "", False),
    ("access_choice", _C, "", True),
    ("signup", _W, "", True),
    ("signup_guardian", _C, "", True),
    ("auth_user", _S, "", False),
    ("auth_group", _S, "", False),
    ("auth_permission", _W, "", False),
    ("auth_group_permissions", _S, "", False),
    ("auth_user_groups", _S, "", False),
    ("auth_user_user_permissions", _S, "", False),
    ("django_content_type", _W, "", False),
    ("django_session", _S, "", False),
    ("procrastinate_workers", _W, "", False),
    ("procrastinate_jobs", _W, "", False),
    ("procrastinate_events", _W, "", False),
    ("procrastinate_periodic_defers", _W, "", False),
)
TABLES: tuple[KeptTable, ...] = tuple(
    KeptTable(table=table, name=name, day=day, has_company=has_company) for table, name, day, has_company in _KEPT
)


def kept_until(name: RetentionClass, day: date, *, fiscal_year_starts_month: int) -> date | None:
    """Return the last day on which a record of the day must be kept; None where it follows what it belongs to."""
    if name is RetentionClass.OSS:
        return oss_keep_until(day)
    if name in {RetentionClass.ACCOUNTING, RetentionClass.PROOF}:
        return keep_until(day, fiscal_year_starts_month=fiscal_year_starts_month)
    years = RULES[name].years
    # A claim lapses after three years, and a suspension can keep it alive for one more (forældelsesloven § 3 and § 14).
    return add_months(day, 12 * (years + 1)) - timedelta(days=1) if years is not None else None
