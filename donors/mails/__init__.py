"""Mails as texts, and the way to a mail server. The outbox itself is a table: see donors.models.mail."""
