"""The people of the tests: Alma pays, Birk forgets, Carla runs an agency, Dines sends spam, Eva is staff."""

from servanda.business.customers.facts import CustomerDetails
from servanda.terms.clauses import CustomerKind

EVA = "staff:eva"

ALMA = CustomerDetails(
    number="1001",
    kind=CustomerKind.BUSINESS,
    name="Alma & Co ApS",
    email="alma@alma.example",
    cvr="13748136",
    address_lines=("Prøvevej 1",),
    postal_code="8000",
    city="Prøveby",
)
BIRK = CustomerDetails(
    number="1002",
    kind=CustomerKind.BUSINESS,
    name="Birks Bageri ApS",
    email="birk@birk.example",
    cvr="13748136",
    address_lines=("Glemselsgade 2",),
    postal_code="8000",
    city="Prøveby",
)
CARLA = CustomerDetails(
    number="1003",
    kind=CustomerKind.CONSUMER,
    name="Carla Prøve",
    email="carla@carla.example",
    address_lines=("Hjemmevej 3",),
    postal_code="5000",
    city="Prøvestad",
    language="en",
)
