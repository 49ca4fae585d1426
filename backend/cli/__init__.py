"""The command `cenacle`: thin, each command translates words into a verb or a query (architecture.md principle 5)."""
