"""Cénacle, the confidential coordination of CENOMED cells; architecture.md section 2 says where everything stands."""
