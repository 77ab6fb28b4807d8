"""The operator's command line: what is stored, exported, imported, erased and verified."""
