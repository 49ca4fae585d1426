"""Step 5: what the cell proposes, how the family is informed, what is sent to a lawful recipient (domain.md 3)."""
