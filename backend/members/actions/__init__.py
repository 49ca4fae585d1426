"""The verbs of members, one module per matter.

What checks a password or a code takes the house, not a unit of work: Argon2 runs outside any transaction, and a
failed attempt must stay counted whatever the request becomes.
"""
