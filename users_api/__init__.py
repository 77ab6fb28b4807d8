"""A users backend: what is shipped to AWS Lambda, and nothing else."""

__version__ = "0.1.0"
