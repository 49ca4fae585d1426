"""One module per verb: save, restore, keep the register of what was destroyed."""
