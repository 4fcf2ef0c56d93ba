"""One module for each kind of resource that a node can be told about."""
