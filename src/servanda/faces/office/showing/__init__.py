"""Gathers what one page shows: frozen values of the business in, frozen values for a template out."""
