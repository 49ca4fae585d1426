"""Institutions that take part: who they are, who proposes their people, which were excluded (domain.md section 2)."""
