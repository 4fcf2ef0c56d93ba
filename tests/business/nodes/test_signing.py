"""What is wished is signed, in the right documents and order; what may not be signed waits with its reason."""
