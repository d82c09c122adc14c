"""What supervisors' verdicts teach: how far each kind of flag can be trusted, what the engine
misses, how far two supervisors agree; the ledger, and the daily check that keeps it honest.
"""
