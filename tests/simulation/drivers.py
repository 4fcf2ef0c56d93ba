"""Drivers in memory, but for a post that does with each letter what the world has in store for it."""

from django.conf import settings

from servanda.simulation.drivers import *  # noqa: F403
from tests.simulation.on_database import FatedPost


def post() -> FatedPost:
    kept: FatedPost = settings.SIMULATED_POST
    return kept
