"""A letter of the cast, to be changed by each test as it needs."""

from datetime import UTC, datetime

import pytest

from servanda.drivers.letters import Attachment, OutgoingMail


@pytest.fixture
def letter() -> OutgoingMail:
    return OutgoingMail(
        message_id="<rykker-1001-1@nordlys.example>",
        sender="faktura@nordlys.example",
        sender_name="Nordlys Hosting ApS – æøå",
        recipient="alma@alma.example",
        subject="Rykker for faktura 1001: 1.561,25 kr. forfaldt 16. januar – betal venligst nu",
        text="Kære Alma\n\nFaktura 1001 er ikke betalt.\n.\n..\nVenlig hilsen\nNordlys " + "lang " * 300,
        language="da",
        written_at=datetime(2026, 1, 30, 9, 30, tzinfo=UTC),
        reply_to="support@nordlys.example",
        attachments=(Attachment("Faktura 1001 – æøå.pdf", "application/pdf", b"%PDF-1.7 not really\r\n.\r\n"),),
    )
