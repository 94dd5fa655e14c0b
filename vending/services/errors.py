class NotAllowed(Exception):
    """The state does not allow this; the text says why and what is possible, for a person."""
