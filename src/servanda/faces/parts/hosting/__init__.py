"""The page of a hosting service, which customers and staff share: what it consists of, how it was found, what may be done."""
