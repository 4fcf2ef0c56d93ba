"""What counts as an exceptional load of one tenant where nothing else was agreed (servicepoint-033).

The node tells of what is beyond this; whether its owner is written to, and whether it pauses, is decided by the terms.
"""

USUAL_MILLICORES = 1000  # on average over MINUTES
USUAL_PROCESSES = 100  # at once
MINUTES = 30
