"""Who the providers on this installation are: their name, bank account and FIK number, and what day it is for them.

A demo or test company may have a test clock of its own, which only moves forward. Every row of every other context
belongs to one company.
"""
