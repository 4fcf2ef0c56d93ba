"""A second reckoning of what a customer owes and has received by a day, written from the law and the terms' own text.

It shares no line of code with the house: plain numbers and days in, plain numbers and days out, day by day and naive. Where it and
the house differ, one of them is wrong, and a person must look.
"""
