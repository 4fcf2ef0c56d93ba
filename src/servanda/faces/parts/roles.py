"""What a member of a customer's people may do, in a word or two."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from servanda.business.access.facts import Role

_NAMES: Mapping[Role, str] = {
    Role.HOLDER: gettext_noop("Holder: everything"),
    Role.TECHNICAL: gettext_noop("Technical: services"),
    Role.BILLING: gettext_noop("Billing: invoices"),
}


def role_name(role: Role) -> str:
    return _(_NAMES[role])


def roles_to_choose() -> tuple[tuple[str, str], ...]:
    """Return the value and name of each role, the one with most rights first."""
    return tuple((role.value, role_name(role)) for role in _NAMES)
