"""Starting a school: anybody with an account can, at once and with a few seats."""
