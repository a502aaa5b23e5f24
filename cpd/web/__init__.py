"""The shell: base templates, macros, static files, error pages, headers, logs and navigation."""
