"""Everything that knows SQL. Functions take the connection first and never commit: the edge does."""
