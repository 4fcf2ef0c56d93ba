"""Collecting from customers' accounts by Betalingsservice and MobilePay: agreements, orders, and what became of them.

A customer's agreement is a way to pay, and its end ends no contract. An order is a request; only the provider's outcome is the
truth. While it is open nobody is called late for the invoice; a payment that is taken back opens the claim again.
"""
