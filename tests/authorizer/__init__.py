"""Tests of the authorizer: what it accepts, and what it does when its issuer fails."""
