"""The history of `main`: it gives the very tables of the models, goes back and comes again, on both engines."""

from backend.kernel.database import open_store
from backend.tables import MAIN
from tests.support.histories import check_history


def test_the_history_of_main_gives_the_tables_of_the_models(store_urls: dict[str, str]) -> None:
    store = open_store(store_urls["main"], 2)
    try:
        check_history(store, "main", MAIN)
    finally:
        store.engine.dispose()
