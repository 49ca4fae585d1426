"""The aggregate root: a situation is one minor, one cell, one episode; its key, lifecycle, person and exits."""
