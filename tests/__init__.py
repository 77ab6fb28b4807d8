"""The tests: `unit` and `http` are quick, every other folder is a suite of its own."""
