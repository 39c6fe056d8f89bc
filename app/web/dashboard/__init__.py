"""The dashboard: HTML pages that show what the platform does, and forms that act through the REST interface.

Pages read from `app.db`; every action is the handler of the REST interface that does it, called in the process with the
signed-in user, so permission, checks and audit are the same. What changes is pushed: see `feed`.
"""
