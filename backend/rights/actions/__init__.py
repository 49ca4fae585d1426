"""Verbs of the rights of persons: register, search, prepare and sign off, decide, rectify, lift, forget."""
