"""Emails: written from templates, owed in the outbox, carried away by SMTP."""
