"""The seeded world: customers, banks and mail servers that behave as told."""
