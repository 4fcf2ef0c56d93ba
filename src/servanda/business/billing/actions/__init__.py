"""Issuing, crediting, charging and receiving: each once, in one transaction, with its evidence."""
