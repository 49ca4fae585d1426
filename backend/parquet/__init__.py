"""The parquet's filter (domain.md section 3, step 2): sent in batches, answered in a word, corrected until examined."""
