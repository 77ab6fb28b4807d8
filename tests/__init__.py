"""The tests: `unit`, `authorizer`, `http` and `gateways` are quick; other folders are suites."""
