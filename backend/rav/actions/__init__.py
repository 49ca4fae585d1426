"""The verbs of the networks and of their guide (domain.md section 8)."""
