"""Who serves whom: where it stands today, what is proposed, what a person decided, whose terms end."""
