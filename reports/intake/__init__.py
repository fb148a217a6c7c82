"""Intake: the only writer of reports; every door comes through here."""
