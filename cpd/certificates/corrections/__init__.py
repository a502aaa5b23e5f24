"""Correcting the name or the licenses on a certificate, by its holder."""
