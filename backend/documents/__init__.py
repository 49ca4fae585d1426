"""Documents and their formats: they know bytes and views, no rule (architecture.md section 2)."""
