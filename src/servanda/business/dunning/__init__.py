"""What follows when an invoice is not paid: reminders, fees, interest, compensation, suspension, closure, collection.

Each step counts from the evidence of the completed step before. The terms say which steps there are; the law stands above
them; where both are silent, a person decides. Every adverse act has a warrant. Any doubt parks it.
"""
