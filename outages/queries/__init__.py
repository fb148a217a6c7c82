"""Read models: what is known of a service at a moment."""
