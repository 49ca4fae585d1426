"""Following of situations after their examination: when to decide again, and what was retained and not examined."""
