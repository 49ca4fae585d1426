"""Rights of persons: requests, searches cell by cell, masked exports, limitation, rectification, erasure (R22)."""
