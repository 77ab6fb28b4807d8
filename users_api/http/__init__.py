"""What all calls have in common: strict JSON in, compact JSON out, one way to answer a failure."""
