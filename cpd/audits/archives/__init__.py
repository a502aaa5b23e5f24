"""Archives of a period: rosters, completions, certificates, evaluation forms and approvals."""
