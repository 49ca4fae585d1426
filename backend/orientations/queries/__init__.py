"""What is read of step 5: rows for the verbs, and what people are shown."""
