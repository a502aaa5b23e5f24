"""A person's own account: name, time zone, licenses, email address."""
