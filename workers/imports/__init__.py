"""What the three kinds of import share."""
