"""What other people's tools already read, said by us: Statuspage, Open311, feeds, calendars, CAP, badges and metrics.

docs/dialects.md says at which address each is, and what becomes of our words in it.
"""
