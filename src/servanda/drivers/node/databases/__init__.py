"""Databases of tenants on one MariaDB: made, held, limited, measured, dumped and loaded without root.

The agent's account may only call the routines in `routines.py`; they are to the server what the helper's verbs are to
the machine: a closed list, each checking its words against the grammar. What removes data is no routine but a verb.
"""

from servanda.drivers.node.databases.converger import DatabaseConverger, DatabaseMetering
from servanda.drivers.node.databases.erasing import verbs
from servanda.drivers.node.databases.server import daemons, prepare

__all__ = ["DatabaseConverger", "DatabaseMetering", "daemons", "prepare", "verbs"]
