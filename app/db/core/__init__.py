"""The connection pool, migrations, notifications, locks and the audit log."""
