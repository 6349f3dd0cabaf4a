"""Telling people and programs: what waits, notices, remarks, digests, mail, webhooks out."""
