"""Emails from schools: reminders, weekly digests and announcements, and how to stop them."""
