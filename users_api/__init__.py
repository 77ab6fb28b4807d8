"""A users backend: what is shipped to AWS Lambda, and nothing else."""
