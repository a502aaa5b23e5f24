"""Pure rules of certificates: codes and snapshots."""
