"""What several suites need: PostgreSQL clusters, a closed network, sentences and names to measure on."""
