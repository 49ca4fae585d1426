"""E-mails: written in the request's transaction, sent after it, never about a person (architecture.md section 6)."""
