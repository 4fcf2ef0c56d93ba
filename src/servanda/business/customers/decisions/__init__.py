"""Is what is known of a customer right, and when may a customer be erased? Pure."""
