"""Notices: written in the deciding transaction, rendered and sent afterwards, delivered when the receiving server says so.

A letter's key makes it go out once. The receiving server's answer is kept as proof; a letter whose fate is uncertain counts
as not given for power over the customer, and as sent for not bothering them.
"""
