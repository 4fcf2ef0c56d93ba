"""E-documents: what goes to a customer for a program to read instead of as a mail. Made, checked, sent once, and followed.

A letter that an e-document carries has arrived when the access point, or the receiver, says so; until then nothing adverse follows
from it. What cannot be made, does not pass the official rules, or is refused waits for a person, and never goes out as it is.
"""
