"""Notices: who is told what of an incident, by which channel, and how that went. The only writer of Delivery."""
