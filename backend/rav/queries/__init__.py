"""What is read of the networks: their sheets, the guide and its search."""
