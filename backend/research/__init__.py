"""Prior research (step 3): each seat prepares for itself; nobody else reads what it keeps until the meeting closes."""
