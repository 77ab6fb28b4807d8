"""The contract of the service as an OpenAPI document, and a page on which to read and try it."""
