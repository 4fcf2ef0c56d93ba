"""Which version of a provider's terms holds on a day, and in which languages is it written?"""

from dataclasses import dataclass
from datetime import date

from servanda.ground.refusal import Refused
from servanda.terms.clauses import is_valid_on
from servanda.terms.document import Agreement, Language


class NoSuchVersion(Refused):
    """The provider has no such version, or none for the day."""


@dataclass(frozen=True, slots=True)
class Library:
    """All versions of one provider's terms, in every language; the Danish one of a version is authoritative."""

    provider: str
    agreements: tuple[Agreement, ...]

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions in the order of the days from which they hold."""
        ordered = sorted(self.agreements, key=lambda agreement: agreement.effective_on)
        return tuple(dict.fromkeys(agreement.version for agreement in ordered))

    def find(self, version: str, language: Language = "da") -> Agreement | None:
        """Return the version in the language, if there is one."""
        for agreement in self.agreements:
            if agreement.version == version and agreement.language == language:
                return agreement
        return None

    def version(self, version: str, language: Language = "da") -> Agreement:
        """Return the version in the language; refuses one that there is not."""
        found = self.find(version, language)
        if found is None:
            known = ", ".join(self.versions) or "none"
            raise NoSuchVersion(f"{self.provider} has no version {version} in {language}. Its versions are: {known}.")
        return found

    def version_on(self, day: date, language: Language = "da") -> Agreement:
        """Return the terms that hold for a contract concluded on the day; refuses a day before the first version.

        Of two versions that hold, the later one does.
        """
        holding = [
            agreement
            for agreement in self.agreements
            if agreement.language == language and is_valid_on(agreement.effective_on, agreement.until, day)
        ]
        if not holding:
            raise NoSuchVersion(
                f"{self.provider} has no terms that hold on {day.isoformat()}. Add a version effective by then."
            )
        return max(holding, key=lambda agreement: agreement.effective_on)

    def by_hash(self, sha256: str) -> Agreement | None:
        """Return the document with the hash that was stored with an acceptance."""
        return next((agreement for agreement in self.agreements if agreement.sha256 == sha256), None)
