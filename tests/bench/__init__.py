"""The bench: what each goal of docs/performance.md asks, measured on this machine, as ratios over interleaved runs."""
