"""Who is named in a record: evidence keeps `staff:7`, a page shows the name that staff member has now."""

from collections.abc import Iterable, Mapping

from django.contrib.auth import get_user_model
from django.http import HttpRequest


def name_in_records(request: HttpRequest) -> str:
    """Return how the record names who is signed in."""
    return f"staff:{request.user.pk}"


def names_of(records: Iterable[str]) -> Mapping[str, str]:
    """Return the names of staff members by the way records name them, in one query at most."""
    ids = {int(by.removeprefix("staff:")) for by in records if by.startswith("staff:") and by[6:].isdigit()}
    if not ids:
        return {}
    return {f"staff:{user.pk}": user.get_username() for user in get_user_model().objects.filter(pk__in=ids)}
