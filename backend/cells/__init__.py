"""Cells: a charter applied to a territory, its contacts, and the acts without which it receives nothing."""
