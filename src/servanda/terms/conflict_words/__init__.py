"""How is a conflict between a clause and the law told to people: why it is one, and what is done instead?

One entry for each thing that `law_above` says to a kind of rule, in one table for each matter. Figures are filled in from
the rule as it is written (`{written.days}`) and as the law has it (`{law.days}`), with their units, so that no sentence
can part from its figure.
"""

from servanda.ground.citation import Citation
from servanda.terms.clauses import Rule
from servanda.terms.conflict_words import conduct, ending, liability, payment
from servanda.terms.conflict_words.values import Letter, Severity, Table, Way, Words, filled

__all__ = ["WORDS", "Letter", "Severity", "Way", "Words", "filled", "words_for"]

WORDS: Table = {**payment.WORDS, **ending.WORDS, **liability.WORDS, **conduct.WORDS}


def words_for(rule: Rule, way: Way, provision: Citation) -> Words:
    """Return the words for what a provision does to a rule."""
    return WORDS[type(rule), way, provision]
