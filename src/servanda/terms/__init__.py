"""The agreement as data: documents are parsed once into frozen values, checked, resolved and rendered.

Prose and rules stand side by side in one document, so the text shown to a customer and the behaviour cannot part.
"""
