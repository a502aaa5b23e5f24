"""Pictures and other files that rows refer to: each content is stored once and never changes."""
