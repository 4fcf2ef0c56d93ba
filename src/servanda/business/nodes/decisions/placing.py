"""Which node takes a new service?

The one that is trusted, takes new ones, can do what the service needs, lies in the right country, and is the emptiest
by its share; by name where two are equal, so that the answer is one.
"""

from collections.abc import Iterable
from datetime import date

from servanda.business.nodes.facts import NodeFacts
from servanda.ground.law.vat import EU_COUNTRIES
from servanda.terms.clauses import DataLocation

# The name of a capability in a node's facts, by the kind of statement.
CAPABILITIES = {
    "site": "web",
    "login": "access",
    "database": "databases",
    "mail-domain": "mail",
    "mailbox": "mail",
    "mail-alias": "mail",
    "zone": "dns",
    "certificate": "certificates",
    "backup": "backups",
}


def node_for(
    nodes: Iterable[NodeFacts], *, kinds: frozenset[str], country: str = "", php: str | None = None
) -> NodeFacts | None:
    """Return the node that takes the service, or None when a person must make room."""
    fit = [node for node in nodes if _takes(node, kinds=kinds, country=country, php=php)]
    return min(fit, key=lambda node: (node.services / node.services_max, node.name), default=None)


def is_country_allowed(country: str, rule: DataLocation | None, *, on: date) -> bool:
    """Tell whether data may lie in a country by the terms (simsoft-064). Terms that name no country allow each."""
    if rule is None:
        return True
    names = set(rule.countries)
    allowed = {code for name, code in (("Denmark", "DK"), ("USA", "US")) if name in names}
    return country in allowed or ("EU" in names and country in EU_COUNTRIES.on(on).value)


def lacks(node: NodeFacts, kinds: frozenset[str]) -> tuple[str, ...]:
    """Return which capabilities a node says not to have. What it says nothing of counts as there."""
    needed = {CAPABILITIES[kind] for kind in kinds if kind in CAPABILITIES}
    return tuple(sorted(name for name in needed if node.facts.get(name, True) is False))


def _takes(node: NodeFacts, *, kinds: frozenset[str], country: str, php: str | None) -> bool:
    if node.is_keeper or not (node.is_trusted and node.takes_new and node.services < node.services_max):
        return False
    if country and node.country != country:
        return False
    offered = node.facts.get("php")
    has_php = php is None or not isinstance(offered, str) or php in offered.split(",")
    return has_php and not lacks(node, kinds)
