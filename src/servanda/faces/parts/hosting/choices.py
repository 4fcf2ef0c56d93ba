"""What can be chosen in the forms of a service."""

from typing import get_args

from servanda.ground.nodes.kinds.dns import RecordType
from servanda.ground.nodes.kinds.web import PhpVersion


def hosting_choices() -> dict[str, tuple[str, ...]]:
    return {"php_versions": get_args(PhpVersion), "record_types": get_args(RecordType)}
