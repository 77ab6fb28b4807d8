"""Tests of the authorizer with real OpenID providers, and of its own tests."""
