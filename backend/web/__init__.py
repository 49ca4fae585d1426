"""HTTP for people and programs: boundary, pages, forms, cookies, headers, errors (architecture.md section 6)."""
