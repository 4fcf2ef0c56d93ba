"""Showing that a domain is one's own: a text in its public DNS, which only its holder can put there."""

from importlib import import_module

from django.conf import settings
from django.utils.translation import gettext as _

from servanda.business.hosting.actions import confirm_domain
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.facts import SetupFacts
from servanda.business.hosting.queries import services, setup_of
from servanda.ground.nodes.domain_claims import is_proven, proof_name, proof_text
from servanda.ground.refusal import Refused


class NotShown(Refused):
    """The text does not stand in the DNS, or nobody could tell; nothing was changed."""


def proof_asked(setup: SetupFacts, *, customer_id: int) -> tuple[str, str] | None:
    """Return the name and the text that show control of a service's domain; None: it is shown, or there is no domain."""
    if setup.is_domain_proven or not setup.domain:
        return None
    secret = settings.SECRET_KEY.encode()
    return proof_name(setup.domain), proof_text(secret, domain=setup.domain, customer=str(customer_id))


def look_for_proof(service_id: int, *, order: Order) -> None:
    """Ask the DNS for the text, and note that control is shown when it stands there. Refuses with what is missing."""
    setup = setup_of(service_id)
    asked = proof_asked(setup, customer_id=services([service_id])[0].customer_id) if setup is not None else None
    if asked is None:
        return
    name, text = asked
    found: tuple[str, ...] | None = import_module(settings.DRIVERS).texts_at(name)
    if found is None:
        raise NotShown(_("The DNS gave no answer now. Try again in a few minutes."))
    if not is_proven(found, text):
        raise NotShown(
            _("The text does not stand at %(name)s yet. It may take some hours to be seen.") % {"name": name}
        )
    confirm_domain(service_id, how=f"a record at {name}", by=order.by, today=order.today, at=order.at)
