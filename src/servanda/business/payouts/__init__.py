"""Paying customers back by bank: what they have to their credit, to the account it came from, approved by two persons.

Paying back helps the customer, so the brake does not stop it. Money that leaves the house has a stop of its own, for the day on
which something is wrong with the orders themselves. Bogføringsloven § 9 (each with its voucher), forbrugeraftaleloven § 29.
"""
