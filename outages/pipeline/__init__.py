"""The pipeline of a minute: signals, a step of the detector, counts, incidents and events. Their only writer."""
