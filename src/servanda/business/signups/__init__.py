"""Who wants to become a customer: a proven address, what they say of themselves, a guardian's yes, and the first order."""
