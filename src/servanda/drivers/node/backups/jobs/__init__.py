"""Programs of the standard library alone that run in a jail, as a tenant or as the reader of copies.

Nothing of the product is importable there, and no file of the node is visible: what they need comes by arguments and
standard input.
"""
