"""Who may do what: actor, unit of work, gate (only door to protected rows), vault (only door to plaintext)."""
