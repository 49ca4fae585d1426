"""Verbs of step 5: decide in séance, inform a family, send to a lawful recipient, open what was sent."""
