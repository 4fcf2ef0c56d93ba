"""Drivers of a worker that is to be killed: letters go over a real socket, papers are plain text, which costs no time."""

from django.conf import settings

from servanda.drivers.documents.memory import TextMaker
from servanda.drivers.letters.smtp import SmtpPost, SmtpServer
from servanda.simulation.drivers import (
    e_invoice_answer,
    e_invoice_gate,
    e_invoice_inbox,
    e_invoice_objections,
    e_invoice_renderer,
    e_invoice_transport,
    number_asker,
)

__all__ = [
    "e_invoice_answer",
    "e_invoice_gate",
    "e_invoice_inbox",
    "e_invoice_objections",
    "e_invoice_renderer",
    "e_invoice_transport",
    "number_asker",
]


def post() -> SmtpPost:
    return SmtpPost(SmtpServer(host=settings.SMTP_HOST, port=settings.SMTP_PORT, timeout_seconds=5))


def document_maker() -> TextMaker:
    return TextMaker()
