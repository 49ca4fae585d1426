"""Intake, the pattern of every feature: draft, submit, acknowledge, qualify (domain.md section 3, steps 1 and 1b)."""
