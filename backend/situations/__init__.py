"""The aggregate root: a situation is one minor, one cell, one episode; its key, its lifecycle, its person, its exits."""
