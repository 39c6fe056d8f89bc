"""Backups: a folder with a dump of the database, the files of the uploads, and a manifest that is written last."""
