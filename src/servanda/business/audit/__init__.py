"""The invariants of the house, checked against real rows: what must be true whatever the code does.

An auditor reads the books, not the bookkeeper. So this context looks at the tables of all others with SQL of its own
instead of asking their queries, and computes figures again where that is possible. The audit itself writes nothing; what
it found may be kept, and what is newly broken pulls the brake. No clause stands behind it: an invariant is a promise of
the program itself, numbered once for ever.
"""
