"""Digits in threes, as Chinese sites write them; Django's own format sets none apart."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
