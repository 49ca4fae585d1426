"""Oversight: proofs of the journal, its publication, who looked, unusual access (architecture.md sections 2 and 5)."""
