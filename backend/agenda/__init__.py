"""Calendar, convening and agenda of a cell (domain.md sections 3, step 4, and 5): what prepares a meeting."""
