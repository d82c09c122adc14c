"""The parts of the console script, one file a topic; loaded only when called."""
