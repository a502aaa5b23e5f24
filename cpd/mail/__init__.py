"""Emails: written from templates, enqueued in the outbox, sent by SMTP."""
