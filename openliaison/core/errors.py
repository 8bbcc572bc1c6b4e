"""Errors whose text a person can read."""


class Refused(Exception):
    """What was asked cannot be done; the text says why and what to do next."""
