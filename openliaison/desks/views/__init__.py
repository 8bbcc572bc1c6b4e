"""The homes, the cockpit and the rows behind its numbers, briefing and dossier, the bell, search and help."""
