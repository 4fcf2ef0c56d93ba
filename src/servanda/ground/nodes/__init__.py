"""What a node is told and what it tells: typed values, closed grammars, signed documents. No input or output here.

A document is a batch of statements, each about one resource of the node. What a node knows is the latest statement on
each resource; a resource that no document names stays as it is, because absence is never an order.
"""
