"""What tenants use of disk, files, traffic and processor, what they may use, and who is told when.

Measuring never stops anything. Limits are the kernel's where the disk offers them; where it does not, a node says so, and
what is over is a fact that the control plane acts on by the terms.
"""

from servanda.drivers.node.quota.decisions import Level, level_of
from servanda.drivers.node.quota.limits import Limits, limits_for
from servanda.drivers.node.quota.load import LoadGuard, LoadWatch
from servanda.drivers.node.quota.metering import SiteMetering, verbs

__all__ = [
    "Level", "Limits", "LoadGuard", "LoadWatch", "SiteMetering", "level_of", "limits_for", "verbs",
]  # fmt: skip
