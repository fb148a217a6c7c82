"""Charts: figures (for plotly), maps and drawn markup."""
