"""The rules a magistrate, the DPO or a coordinator would sign: pure declarations, no I/O, nothing from backend."""
