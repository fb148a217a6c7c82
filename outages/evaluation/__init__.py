"""Evaluation of the detector: simulated worlds and the backtest."""
