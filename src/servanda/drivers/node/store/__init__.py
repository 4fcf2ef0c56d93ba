"""The backup store: a process of its own, under an own user and in production on a machine of its own.

It speaks restic's REST protocol. Nodes may add and read; nobody who comes over the network with a node's credentials can
delete, overwrite or shorten anything. Retention is the keeper's, whose credentials and key never lie on a node.
"""
