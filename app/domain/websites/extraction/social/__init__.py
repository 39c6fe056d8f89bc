"""Profiles on social platforms: their canonical URLs, and which of a page's profiles belong to the business."""
