"""Drivers for these tests: letters stay in memory, and collecting goes by files and by HTTP as it does for real."""

from servanda.simulation.drivers import document_maker as document_maker
from servanda.simulation.drivers import post as post
from servanda.wiring.drivers import collection_provider as collection_provider
