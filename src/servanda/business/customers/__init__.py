"""Who the customers are and how to reach them: business, consumer, public body or association.

What a customer is decides which law applies; it is frozen on the contract when that is concluded.
"""
