"""Bytes, keys and columns: sealed values, keyring and its providers, key store, blind indexes, signatures.

`docs/keys.md` is the inventory; architecture.md section 4 the reasons.
"""
