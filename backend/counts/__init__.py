"""Anonymous counts: deltas that the verbs write, without any key to a person (architecture.md section 5)."""
