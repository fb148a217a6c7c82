"""Django's PostgreSQL backend with deadlines: no process waits for a database that does not answer.

A frozen server keeps no time-out of its own, so the client keeps one: a connection on which nothing comes in time is
thrown away. From then on the whole process fails at once instead of waiting, while one thread looks whether the server
is back.
"""
