"""The operator's command line: what is exported, imported, erased, verified and rolled back."""
