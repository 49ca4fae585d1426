"""Retention and purge: what is due, what is announced, locked or destroyed, and the attestation of each run."""
