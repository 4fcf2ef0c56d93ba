"""Half-open periods of days: the first day belongs, the day after the last one does not."""

from dataclasses import dataclass
from datetime import date, timedelta

from servanda.ground.refusal import Refused


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `since` up to, but not including, `until`."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.until <= self.since:
            raise Refused(
                "A period must end after it begins; %(since)s to %(until)s does not.",
                {"since": self.since, "until": self.until},
            )

    def __contains__(self, day: date) -> bool:
        return self.since <= day < self.until

    @property
    def days(self) -> int:
        return (self.until - self.since).days

    @property
    def last_day(self) -> date:
        """The last day that belongs, as it is printed to people."""
        return self.until - timedelta(days=1)

    def overlaps(self, other: "Period") -> bool:
        return self.since < other.until and other.since < self.until
