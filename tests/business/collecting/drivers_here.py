"""Drivers for these tests: letters stay in memory, and collecting goes by files and by HTTP as it does for real."""

from servanda.simulation.drivers import document_maker as document_maker
from servanda.simulation.drivers import e_invoice_answer as e_invoice_answer
from servanda.simulation.drivers import e_invoice_gate as e_invoice_gate
from servanda.simulation.drivers import e_invoice_inbox as e_invoice_inbox
from servanda.simulation.drivers import e_invoice_objections as e_invoice_objections
from servanda.simulation.drivers import e_invoice_renderer as e_invoice_renderer
from servanda.simulation.drivers import e_invoice_transport as e_invoice_transport
from servanda.simulation.drivers import number_asker as number_asker
from servanda.simulation.drivers import post as post
from servanda.wiring.drivers import collection_provider as collection_provider
