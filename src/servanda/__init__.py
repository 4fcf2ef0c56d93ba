"""Servanda runs a hosting company by its own terms: what the terms promise, the program does, and can prove."""

__version__ = "0.1.0"
