"""Adding nodes, wishing, signing what was wished, and taking in what nodes report."""
