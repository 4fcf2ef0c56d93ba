"""Copies of what customers keep: which were made and read back, where they lie, and whether the promise of them is kept."""
