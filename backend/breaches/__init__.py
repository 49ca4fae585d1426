"""The register of breaches of personal data, and its 72 hours (RGPD, articles 33 and 34; R23)."""
