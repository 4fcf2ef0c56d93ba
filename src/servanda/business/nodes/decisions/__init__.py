"""Which node takes a new service, and what of the wishes may be signed now. Pure."""
