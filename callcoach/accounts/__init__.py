"""Who works here: users, roles, teams, the `Viewer`, sign-in, and the access log."""
