"""The servers of a company: who they are, what they shall serve, what was signed for them and what they found.

A statement is wished by whoever knows the business; the signer alone makes documents of wishes, with a key and tables
that nobody else may touch; a node takes documents and reports. What a statement is about is none of this context's
business: it knows keys, fingerprints and what makes a resource worse (`ground/nodes`).
"""
