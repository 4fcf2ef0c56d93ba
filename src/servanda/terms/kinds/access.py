"""Access: who gets in, how, and how accounts and passwords are kept."""

from typing import ClassVar, Literal

from servanda.terms.kinds.rule import Rule, ShownRule


class ProviderAccess(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who of the provider may look at customer data, and when."""

    kind: ClassVar[str] = "provider-access"
    by: Literal["own employees", "technicians"] = "own employees"
    only_on_request: bool = False
    examples: tuple[Literal["test a mailbox", "web files", "databases"], ...] = ()


class AccessRule(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a system or its data are reached."""

    kind: ClassVar[str] = "access-rule"
    told_apart_by: ClassVar[tuple[str, ...]] = ("how",)
    how: Literal[
        "through the firewall",
        "from chosen addresses",
        "customer creates users",
        "from anywhere",
        "by on-call staff",
        "with two-factor login",
        "by the customer's own administrator",
    ]
    by: Literal["provider", "customer"] = "provider"


class Passwords(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What passwords must be, and how they are kept."""

    kind: ClassVar[str] = "passwords"
    told_apart_by: ClassVar[tuple[str, ...]] = ("kept",)
    kept: Literal["by the customer", "in a vault with two-factor login"] = "by the customer"
    not_simple: bool = False
    not_leaked: bool = False


class TenantAccounts(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which administrators a customer's licence account has, and who owns it."""

    kind: ClassVar[str] = "tenant-accounts"
    owner: Literal["customer"] = "customer"
    admins: tuple[
        Literal[
            "customer's global admin", "provider's delegated rights", "provider's global admin with two-factor login"
        ],
        ...,
    ]


class Licence(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How licences are bought, counted, and whose terms hold."""

    kind: ClassVar[str] = "licence"
    told_apart_by: ClassVar[tuple[str, ...]] = ("rule",)
    rule: Literal[
        "bought through the provider",
        "billed by count",
        "vendor's terms",
        "licensor's terms",
        "customer tells of changes",
        "customer moves out itself",
        "platform licence by provider",
        "own software by customer",
        "licensed as vendor demands",
    ]
    party: Literal["provider", "customer"] = "provider"


class VendorTerms(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That the terms of a vendor bind on top, and how they are accepted."""

    kind: ClassVar[str] = "vendor-terms"
    handed_out: bool = True
    accepted_by_name: bool = False
    binding: bool = False
    on_top: bool = False
