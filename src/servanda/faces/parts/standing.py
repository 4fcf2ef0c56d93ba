"""What every page says while the installation is halted: it may be a copy, or its time is in doubt."""

from collections.abc import Mapping

from django.http import HttpRequest

from servanda.business.evidence.queries import halts


def standing(request: HttpRequest) -> Mapping[str, object]:
    """Return the causes of what is halted, for the frame of all pages. The error pages are shown without a database."""
    return {"halted": tuple(halt.cause for halt in halts())}
