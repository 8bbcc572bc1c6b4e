"""What each home asks of the rooms below: named reads that answer "what now, and why"."""
