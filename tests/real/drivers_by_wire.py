"""Drivers of a worker that is to be killed: letters go over a real socket, papers are plain text, which costs no time."""

from django.conf import settings

from servanda.drivers.documents.memory import TextMaker
from servanda.drivers.letters.smtp import SmtpPost, SmtpServer


def post() -> SmtpPost:
    return SmtpPost(SmtpServer(host=settings.SMTP_HOST, port=settings.SMTP_PORT, timeout_seconds=5))


def document_maker() -> TextMaker:
    return TextMaker()
