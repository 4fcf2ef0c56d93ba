from collections.abc import Iterator

import pytest

from servanda.drivers.node import web
from servanda.drivers.node.layout import Layout
from tests.drivers.node.running import needs, node_folder, running
from tests.drivers.node.web.house import House


@pytest.fixture(scope="module")
def served() -> Iterator[House]:
    """A node with nginx and the keeper of PHP, for one module."""
    needs("nginx", "php-fpm8.2")
    with node_folder() as layout:
        web.prepare(layout)
        with running(web.daemons(layout), layout.log):
            yield House(layout)


@pytest.fixture
def house(layout: Layout) -> House:
    """A node's folders without daemons: for what only files can show."""
    web.prepare(layout)
    return House(layout)
