"""The books as a bookkeeper, an auditor and another program need them.

Each day's entries become one numbered voucher; what people say that a month is done closes it; all that is recorded is
chained by hashes, so that a row that was changed behind the program's back is found. Accounts are mapped to the public
standard chart, and a period can be handed to a bookkeeping program. Nothing here decides what is booked: that is for the
contexts below.

Law: bogføringsloven (lov 700/2022) § 7 and § 12; what each kind of record is kept for stands in `decisions/retention.py`.
"""
