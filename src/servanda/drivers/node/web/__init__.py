"""Sites: nginx in front, one PHP master for each site, and marks instead of configuration for everything that changes.

nginx reads one configuration that no tenant's value is in (`nginx.py`). What is served under a name is a link in
`vh/`; what holds for a site are files in `web/<site>/` (`places.py`): adding, holding, releasing and removing one
site is a handful of links and files, and nothing is reloaded. `keeper.py` starts and stops PHP.
"""

from servanda.drivers.node.web.converger import Web
from servanda.drivers.node.web.daemons import daemons, prepare
from servanda.drivers.node.web.verbs import verbs

__all__ = ["Web", "daemons", "prepare", "verbs"]
