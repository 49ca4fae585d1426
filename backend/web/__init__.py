"""HTTP for people and programs: the boundary, pages, forms, sessions' cookies, headers, errors (architecture.md section 6)."""
