"""What the books hold: accounts and balances, vouchers, proofs, the chain, a period to hand over, what is kept until when."""
