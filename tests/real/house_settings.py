"""Settings of the processes of a house under test: the product's own, but nobody lives the customers' days for them."""

from servanda.wiring.settings import *  # noqa: F403

DAILY_LIFE = ""
