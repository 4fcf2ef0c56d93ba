"""How are banks' CSV files read? The layouts that a company keeps, and the examples that came with the program."""

from servanda.business.billing.facts import MappingFacts
from servanda.business.billing.models import BankMapping
from servanda.ground.bank_layout import EXAMPLES, layout_from_json
from servanda.ground.refusal import Refused


class NoSuchMapping(Refused):
    """No layout is kept under that name."""


def mappings_of(company_id: int) -> tuple[MappingFacts, ...]:
    """Return the layouts that a company can read files by: its own, then the examples whose names it has not taken."""
    own = tuple(
        MappingFacts(row.name, layout_from_json(row.layout))
        for row in BankMapping.objects.filter(company_id=company_id).order_by("name")
    )
    taken = {one.name for one in own}
    examples = (MappingFacts(name, layout, is_example=True) for name, layout in EXAMPLES.items() if name not in taken)
    return (*own, *examples)


def mapping_named(company_id: int, name: str) -> MappingFacts:
    """Return the layout of that name; refuses a name that is not known, with those that are."""
    known = mappings_of(company_id)
    found = next((one for one in known if one.name == name), None)
    if found is None:
        names = ", ".join(one.name for one in known)
        raise NoSuchMapping(
            "There is no layout '%(name)s' for the bank's files. Known: %(names)s. Make one, or name another.",
            {"name": name, "names": names},
        )
    return found
