"""What do the figures of a company say: revenue, arrears, what is to come, who comes and goes, VAT, products, payments?

A report is a view of what other contexts have written down. So this context reads all tables with SQL of its own, like the
audit, and writes nothing. Each sum is reckoned from documents and, where the books have the same figure, shown beside it. No
clause stands behind a report: it decides nothing about a customer. `docs/reference/reports.md` defines each figure.
"""
