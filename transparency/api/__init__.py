"""The public reports for programs: read-only JSON, described by OpenAPI, without keys and without memory of who asks."""
