"""What is read of signalements: rows from the gate, content from the vault, ready to be shown."""
