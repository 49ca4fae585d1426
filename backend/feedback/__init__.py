"""Step 6: three possible answers with a date, never the nature of a follow-up (CEN-42, CEN-43)."""
