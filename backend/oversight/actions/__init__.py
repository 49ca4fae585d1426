"""What oversight does: publish a checkpoint."""
