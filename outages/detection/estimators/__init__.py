"""Estimators: from signals to weighed counts, baselines and statistics."""
