"""Probes: asking a service's own hosts, from several vantages, how they are."""
