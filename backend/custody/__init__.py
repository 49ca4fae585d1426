"""Custody of the stores and of the keys: backups, restoration, the register of tombstones (domain.md section 6)."""
