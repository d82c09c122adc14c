"""The portal: what the client company sees and hears, and nothing else."""
