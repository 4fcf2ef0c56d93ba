"""The providers' documents: the terms in each version and language, the catalogue and the demo company."""

PROVIDERS = ("simsoft", "servicepoint", "safe-it", "compusoft", "vicevaert")
