"""The dashboard: HTML pages that show what the platform does, and forms that act through the REST interface.

Pages read from `app.db`. Every action calls the handler of the REST interface within the process as the signed-in user,
so permissions, checks and audit are the same. Changes are pushed to open pages: see `core.live_updates`.
"""
