"""What `make run` needs: processes, their supervisor, embedded servers and backups."""
