"""What is taken for granted when terms are tried out on the past and on the year ahead: said with each result."""

from servanda.business.dunning.decisions.whatif.habits import NEVER_AFTER_DAYS

HOW_DA = (
    "Begge aftaler følges med de samme beslutninger, som driften bruger. Kladden regnes, som om den havde gældt i begge år.",
    "De seneste 12 måneder: fakturaerne, som de var, leveret og betalt på de dage, de blev det. Alene betalingsfristen regnes om.",
    "En faktura, som stadig er åben, betales så sent, som kunden plejer; er den dag forbi, betales den ikke. Det samme gælder den, "
    f"der har været forfalden i mere end {NEVER_AFTER_DAYS} dage.",
    "De næste 12 måneder: de løbende aftaler faktureres uændret til kendte priser, og kunden betaler lige så mange dage efter "
    "forfald som ved sine seneste fakturaer, en for en; den, der ikke blev betalt, bliver det heller ikke næste gang.",
    "En betaling tæller fra sin valørdag: hvad der kunne ske den dag, sker ikke. Breve regnes som modtaget samme dag.",
    "Hvad en person skal beslutte, regnes som besluttet på den første tilladte dag.",
    "Gebyrer tager hensyn til kundens andre rykkere. I øvrigt følges hver faktura for sig; efter en ophævelse udstedes der ikke "
    "flere fakturaer på aftalen.",
    "Renter er kun regnet så langt, som referencesatsen er kendt. Tilbagebetalinger er ikke med.",
    "Fakturaer, som rykkerforløbet har stået stille på, og dem uden bevis for levering er holdt ude.",
    "Hvad der er aftalt særligt med en kunde, går forud for begge aftaler, så længe det gælder.",
    "Løfter er sammenlignet, som de står i aftalerne; om de blev holdt, er ikke målt.",
)
HOW_EN = (
    "Both agreements are followed by the same decisions as in daily running. The draft is taken to have held in both years.",
    "The last 12 months: the invoices as they were, delivered and paid on the days they were. Only the due day is reckoned anew.",
    "An invoice that is still open is paid as late as the customer usually pays; once that day has passed it is not paid. Nor is "
    f"one that has been overdue for more than {NEVER_AFTER_DAYS} days.",
    "The next 12 months: running contracts are invoiced unchanged at known prices, and the customer pays as many days after the "
    "due day as on the last invoices, one by one; what was not paid then is not paid next time either.",
    "A payment counts from its value day: what could happen on that day does not. Letters count as received on their day.",
    "What a person decides counts as decided on the first day allowed.",
    "Fees look at the customer's other reminders. Apart from that each invoice is followed by itself; after an ending no more "
    "invoices are issued on the contract.",
    "Interest is reckoned only as far as the reference rate is known. Refunds are not in it.",
    "Invoices on which dunning has stood still, and those whose delivery is not proven, are left out.",
    "What was agreed with a customer apart goes before both agreements, for as long as it holds.",
    "Promises are compared as they stand in the agreements; whether they were kept is not measured.",
)
