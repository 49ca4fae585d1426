"""The verbs of the purge: each run lapses, announces, locks, destroys, sweeps and attests; people stop and confirm."""
