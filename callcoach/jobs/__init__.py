"""The task queue: one table of jobs that serves every task, leases, progress, and the sweeper.

The table is the truth and Huey carries only ids, because Huey forgets a task that dies with its
worker. A worker takes a job by a lease (`leases.claim`), renews it while it works, and writes its
results in a transaction that verifies the lease. Whatever is lost on the way (a message, a worker,
a machine) is found again by the sweeper.

The room knows no feature: others register tasks (`registry.task`), enqueue them
(`operations.enqueue`) and judge who may do so; a job's ``subject`` is opaque here.
"""
