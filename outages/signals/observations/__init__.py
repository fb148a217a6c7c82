"""Observations from outside: what registered programs counted, and what browsers report by themselves."""
