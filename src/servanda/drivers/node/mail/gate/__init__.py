"""The gate of outgoing mail: one process that Postfix asks, with two sockets that only Postfix can reach.

`policy` answers at each recipient and at the end of each message: limits per sender, and counts for the metering.
`milter` sees the message itself: who it says it is from, whether it is alike to many others, and its DKIM signature.

When the gate is away, outgoing mail is put off (451) and its sender tries again; incoming mail is taken uncounted. When
the gate's own file cannot be written, it goes on counting in memory: the customer's mail goes out, the limits hold.
"""
