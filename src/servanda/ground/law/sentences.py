"""A sentence about the law, in both languages that people read here."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["da", "en"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, or a few that belong together, in Danish and in English."""

    da: str
    en: str

    def in_language(self, language: Language) -> str:
        """Return the sentence as a reader of the language has it."""
        return self.da if language == "da" else self.en
