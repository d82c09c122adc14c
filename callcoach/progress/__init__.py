"""Did it change? Rechecks of notes, before and after, objectives, and each person's own page."""
