"""Step 4: the meeting in progress, one situation at a time; only decisions are recorded (CEN-39)."""
