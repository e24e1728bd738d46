"""HTTP: requests become questions to `app`, answers become responses. No SQL, no settings."""
