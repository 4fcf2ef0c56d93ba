"""The kinds of clause, by what they are about."""
