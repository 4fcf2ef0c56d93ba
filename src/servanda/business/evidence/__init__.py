"""What happened, why, on which facts; and the warrants without which nothing adverse happens.

The record is append-only. A record's key names one thing for ever: the second run of the same order finds its key taken
and is an explicit "already done". People are named by id, so an erasure never edits the record.
"""
