"""Pure rules of certificates: codes, snapshots and signed records."""
