"""Values and law that everything else stands on: days, periods, money, citations and dated figures.

Imports nothing of ours, reads no clock, no file outside the package and no database.
"""
