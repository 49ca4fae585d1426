"""The replay of 2012-2014 at real scale: what is recorded, who acts, and how the years go (domain.md section 11)."""
