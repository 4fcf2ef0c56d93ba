"""Who may act for whom. For now: staff sign in with a name and a password."""
