"""The history of the store `main`."""

from backend.kernel.migrations import run
from backend.tables import MAIN

run(MAIN)
