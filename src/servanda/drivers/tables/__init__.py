"""What does a table from another system say? CSV files for imports, read whole or refused whole.

The port is `read_table`: the bytes and the columns that are asked for go in; typed rows come out, or every
problem of the file at once, with line, column, reason and remedy. What the rows mean is for the caller.
"""

from servanda.drivers.tables.columns import Column, Row, WrongTable, read_table
from servanda.drivers.tables.readers import (
    WrongValue,
    country_code,
    cvr,
    day,
    email,
    money,
    one_of,
    text,
    whole_number,
)

__all__ = [
    "Column",
    "Row",
    "WrongTable",
    "WrongValue",
    "country_code",
    "cvr",
    "day",
    "email",
    "money",
    "one_of",
    "read_table",
    "text",
    "whole_number",
]
