"""What is read of the indicators: published figures, a cell's own exact ones, balances."""
