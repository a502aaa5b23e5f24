"""The shape of each kind of content file: one strict schema a file, unknown keys refused."""
