"""The task queue: one table of jobs that serves every task, leases, progress, and the sweeper."""
