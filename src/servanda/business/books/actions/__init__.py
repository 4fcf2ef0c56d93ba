"""Making vouchers, closing and reopening, sealing the chain, numbering accounts, and saying that a number is void."""
