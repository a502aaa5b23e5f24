"""The index of cases: what the case bank finds them by, derived from their texts."""
