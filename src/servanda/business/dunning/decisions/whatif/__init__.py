"""What if these terms held instead? Every customer's last twelve months and next twelve, by the house's own decisions twice over.

`cases` are the facts, `ladders` carries the decisions forward, `comparing` sets two agreements side by side for one invoice,
`customers` for one customer, `company` for all; `promises` compares what else was promised, `outcome` is what comes out.
"""
