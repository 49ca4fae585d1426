"""What is read of the journal for those who oversee it, and for the coordinator of a situation."""
