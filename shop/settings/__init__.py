"""Settings, read from the environment: base, and what development, test and production change."""
