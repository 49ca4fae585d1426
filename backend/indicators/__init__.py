"""Published indicators: frozen releases without small figures, their pages and files, yearly balances."""
