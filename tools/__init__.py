"""The operator's command line: export, import, erase, verify, restore and roll back."""

SERVICE = "users-api"  # as serverless.yml has it: stacks and functions are named after it
