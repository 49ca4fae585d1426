"""What is read of meetings and agendas: rows, pages, what a board awaits."""
