"""Access: API keys, limits, idempotency and same-origin requests."""
