"""A node: one server that serves what its control plane has signed, and goes on serving when nobody answers.

    agent        asks for documents, settles them, looks again, reports; an account without privileges
    helper       does the few things that need root, from statements that it has verified itself; no network
    supervisor   runs both and all daemons below one folder, for `make run` and tests
    units        the same as units of systemd, for a server

Nothing here knows the business, Django or PostgreSQL. `docs/explanation/node.md` tells why it is built so.
"""
