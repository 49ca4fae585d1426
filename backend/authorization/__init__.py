"""Who may do what: the actor, the unit of work, the gate (only door to protected rows), the vault (only door to plaintext)."""
