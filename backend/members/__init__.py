"""People: accounts, sign-in, habilitations made by three of them, what each undertook (domain.md section 2)."""
