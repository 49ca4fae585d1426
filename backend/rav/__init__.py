"""Victims' aid networks (domain.md section 8): networks, their meetings, their guide, and nothing about a person."""
