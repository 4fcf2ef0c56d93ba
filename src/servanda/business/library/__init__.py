"""The terms of a company: the versions that came with the program and those that it published here."""
