"""The registry of charter versions: which one is in force, who signed which, and since when."""
