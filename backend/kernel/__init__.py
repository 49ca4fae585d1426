"""What every feature stands on and what knows no feature: database, errors, clock, identifiers, lifecycle."""
