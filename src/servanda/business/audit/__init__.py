"""The invariants of the house, checked against real rows: what must be true whatever the code does."""
