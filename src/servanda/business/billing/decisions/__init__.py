"""What is to be invoiced, when it must be paid, and what a payment is for. Pure."""
