"""Who offers the courses here: name, addresses, signatories and pages, kept in the database."""
