from collections.abc import Iterator

import pytest

from servanda.drivers.node.layout import Layout
from tests.drivers.node.running import needs, node_folder


@pytest.fixture
def layout() -> Iterator[Layout]:
    """The folder of a node for one test, root-owned all the way down."""
    needs()
    with node_folder() as made:
        yield made
