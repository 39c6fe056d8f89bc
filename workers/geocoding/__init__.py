"""What everything that geocodes shares: what is kept, who asks for what, the way from rows to committed answers."""
