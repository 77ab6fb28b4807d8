"""The contract: linted, fuzzed, and used by a generated client."""
