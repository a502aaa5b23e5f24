"""Multi-factor authentication: codes from an app, and recovery codes."""
