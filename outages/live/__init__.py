"""Live streams: what changes is told at once to all who listen, as Server-Sent Events, by a process of its own."""
