"""What the boards read: what awaits each role, lists, sheets."""
