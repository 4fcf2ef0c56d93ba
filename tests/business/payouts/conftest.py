"""A company whose customers have paid too much, and the bank that tells of it."""

from tests.business.billing.conftest import bank as bank
from tests.business.billing.conftest import memory_drivers as memory_drivers
from tests.business.billing.conftest import owing as owing
