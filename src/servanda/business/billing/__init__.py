"""Charges by period, invoices with gapless numbers, credit notes, payments and their matching.

A period of a line is billed once: an exclusion constraint forbids a second time. An issued invoice is immutable; it is mended
by a credit note. Charges for late payment stand beside the invoice, outside VAT.
"""
