"""Credentials that must be refused, by the rule that they break; each breaks one."""
