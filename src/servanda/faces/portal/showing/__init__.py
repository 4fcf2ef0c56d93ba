"""Gathers what one page of a customer shows."""
