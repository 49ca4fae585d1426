"""The intermediate archive: opened one situation at a time, with two signatures, a written reason and an end."""
