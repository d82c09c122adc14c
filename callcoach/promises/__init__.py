"""What the sponsor decided may be said, version by version; and how each call stands to it."""
