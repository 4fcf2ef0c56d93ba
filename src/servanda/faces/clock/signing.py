"""The signer's round: what is wished for each node is signed. One node's failure does not keep the others waiting.

A copy signs nothing: its nodes belong to the original.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from servanda.business.backups.queries import final_snapshots
from servanda.business.nodes.actions.signing import Seal, sign_for
from servanda.business.nodes.queries import all_nodes
from servanda.faces.clock.beating import must_not_sign

LOG = logging.getLogger(__name__)


def sign_round(seal: Seal, clock: Callable[[], datetime], *, is_full: bool) -> int:
    """Sign what waits and return how many documents that were."""
    signed = 0
    if must_not_sign():
        return signed
    for node in all_nodes():
        if not node.is_trusted:
            continue
        try:
            signed += sign_for(node, seal, snapshots_of=final_snapshots, now=clock(), is_full=is_full)
        except Exception:  # the signer's own loop: reported, rolled back, and tried again next time
            LOG.exception("nothing was signed for %s", node.name)
    return signed
