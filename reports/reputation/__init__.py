"""Reputation: how often a reporter was right, and the signed token that carries it."""
