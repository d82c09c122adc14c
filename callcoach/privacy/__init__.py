"""What leaves the floor about a call: redacted, and released by a person."""
