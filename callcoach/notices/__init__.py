"""Telling people what waits for them: in the page, and by e-mail where there is one."""
