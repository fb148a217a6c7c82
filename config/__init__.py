"""Settings and the parts that tie the project together."""

VERSION = "1.0.0"
LAST_BACKUP = "last_backup"  # in DATA_DIR: made or touched whenever there is a new one
