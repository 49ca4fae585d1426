"""How signalements are shown: what pages and JSON alike receive."""
