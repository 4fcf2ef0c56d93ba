"""Services with their holds, what they consist of, where they lie, and what was used."""

from servanda.business.hosting.queries.parts import (
    allowances,
    errands_of_service,
    part_of,
    parts_of_service,
    setup_of,
    setups_of,
    setups_that_wait,
    usage_of,
    waiting_tally,
)
from servanda.business.hosting.queries.services import (
    ServiceFilter,
    held_customers,
    purge_tally,
    purges_to_decide,
    quarantined_service,
    service_spans,
    services,
    services_of_company,
    services_of_customer,
    services_of_customers,
    services_to_purge,
)

__all__ = [
    "ServiceFilter", "allowances", "errands_of_service", "held_customers", "part_of", "parts_of_service", "purge_tally",
    "purges_to_decide", "quarantined_service", "service_spans", "services", "services_of_company", "services_of_customer",
    "services_of_customers", "services_to_purge", "setup_of", "setups_of", "setups_that_wait", "usage_of", "waiting_tally",
]  # fmt: skip
