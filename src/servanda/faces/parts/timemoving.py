"""Moving the clock of a demo company forward, with all the rounds of the days between.

The rounds belong to the clock, which is another face and is not imported here: the setting MOVE_TIME names it.
"""

from datetime import date
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class MoveTime(Protocol):
    def __call__(self, company_id: int, *, to: date) -> bool:
        """Move the company's test clock to the day; a real clock and a day in the past are refused.

        True: it has been moved. False: that goes on in the background.
        """


def move_time(company_id: int, *, to: date) -> bool:
    """Move the company's test clock to the day, and let everything happen that is due on the way.

    True: it has been moved. False: that goes on in the background.
    """
    mover: MoveTime = import_string(settings.MOVE_TIME)
    return mover(company_id, to=to)
