"""Which act of staff takes which power. An address of an act that is not here is refused, and stops the start."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from servanda.business.identity.facts import Power, StaffRole

POWER_NAMES: Mapping[Power, str] = {
    Power.STOP: gettext_noop("stop everything, and let it go on"),
    Power.CUSTOMERS: gettext_noop("look after customers"),
    Power.MONEY: gettext_noop("look after money and books"),
    Power.SERVICES: gettext_noop("look after services and servers"),
    Power.DECIDE: gettext_noop("decide acts against a customer"),
    Power.TERMS: gettext_noop("change terms and prices"),
    Power.INSTALLATION: gettext_noop("look after this installation"),
    Power.PEOPLE: gettext_noop("say who works here"),
}
ROLE_NAMES: Mapping[StaffRole, str] = {
    StaffRole.OWNER: gettext_noop("Owner"),
    StaffRole.BOOKKEEPER: gettext_noop("Bookkeeper"),
    StaffRole.TECHNICIAN: gettext_noop("Technician"),
    StaffRole.SUPPORT: gettext_noop("Support"),
    StaffRole.AUDITOR: gettext_noop("Auditor: reads only"),
}


@dataclass(frozen=True, slots=True)
class Needed:
    """What an act takes. A grave one is done only by somebody who has just proven who they are."""

    power: Power
    is_grave: bool = False


def _all(power: Power, names: str, *, is_grave: bool = False) -> dict[str, Needed]:
    return {f"office:{name}": Needed(power, is_grave) for name in names.split()}


ACTS: Mapping[str, Needed] = {
    **_all(Power.STOP, "brake"),
    **_all(
        Power.CUSTOMERS,
        """accept-version add-location contract-reference decide-guardian
        decide-notice dispute end-member end-pause explain invite-member
        invoicing leave-by-change move-time note-mandate end-mandate payment-plan send-again tell-again
        complaint end-task offer-change note-agreement change-line end-line
        withdraw-line change-number check-number mark-dealer move-abroad""",
    ),
    **_all(
        Power.MONEY,
        """accept-many accept-match allocate books-answer books-close books-reopen choose-shop credit credit-entry
        decline-payout einvoice-again einvoice-answer-settle einvoice-settle einvoice-upload keep-layout payout-answer
        propose-payout refund-outage see-collection see-payout small-differences split-entry stop-payouts undo-entry
        upload-bank-file withdraw-payout write-off""",
    ),
    **_all(Power.MONEY, "approve-payout make-payout-file", is_grave=True),
    **_all(
        Power.SERVICES,
        """answer-bulk answer-restore begin-restore change-plan confirm-domain give-domain lay-out lift-hold put-back
        service-act settle-refusal stop-mail zone""",
    ),
    **_all(Power.SERVICES, "hold-service", is_grave=True),
    **_all(Power.DECIDE, "decide hand-over purge", is_grave=True),
    **_all(
        Power.TERMS,
        """change-figure class-draft confirm-figure decline-proposal drop-draft forecast-draft propose-end
        propose-transfer rewrite-draft start-draft weigh-transfer""",
    ),
    **_all(Power.TERMS, "approve-draft confirm-proposal publish-draft", is_grave=True),
    **_all(Power.INSTALLATION, "audit-now installation-work reconcile-copy"),
    **_all(Power.INSTALLATION, "take-over time-is-right", is_grave=True),
    **_all(Power.PEOPLE, "add-staff end-proofs give-role end-role staff-link", is_grave=True),
}
