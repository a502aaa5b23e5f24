"""Who offers the courses here: name, addresses, signatories and pages, stored in the database."""
