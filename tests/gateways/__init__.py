"""Who may do what, through every gateway, with tokens that are good and bad, and none."""
