"""From which age does somebody bind themselves by an agreement? Before it a guardian says yes (værgemålsloven §§ 1 and 6)."""

from servanda.ground.citation import Citation

OF_AGE_YEARS = 18
OF_AGE = Citation("Værgemålsloven", "§ 1")
GUARDIANS_YES = Citation("Værgemålsloven", "§ 6")
