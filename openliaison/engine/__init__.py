"""Publishable arithmetic: values and frames in, values and frames out. No Django, no network, no clock, no database."""
