"""What the pages draw: frames (queries → DataFrame), maps (steps and legends), figures (→ plotly), svg (→ markup)."""
