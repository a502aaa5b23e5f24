"""Who may do what: permissions, the guard of every route, and the audit trail."""
