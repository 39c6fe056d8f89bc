"""Households: filters, and input from clients."""
