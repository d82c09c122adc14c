"""The team's page: standards, objectives, remarkable calls, and how regular the effort is."""
