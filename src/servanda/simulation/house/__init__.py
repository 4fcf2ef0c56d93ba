"""A house in memory: the product's own decisions over rows that are values. No database, no clock, no chance of its own."""
