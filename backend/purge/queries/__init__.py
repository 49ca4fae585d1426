"""What is read of retention: terms in SQL, durations in force, what hangs from a situation, boards of the purge."""
