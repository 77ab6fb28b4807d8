"""The tests: `unit`, `authorizer`, `http` and `gateways` are quick; the other folders are suites."""
