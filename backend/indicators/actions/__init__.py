"""Publish the indicators of each quarter, write the texts of yearly balances."""
