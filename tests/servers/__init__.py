"""Local stand-ins for providers: they speak the real wire formats, know real addresses, and fail on request."""
