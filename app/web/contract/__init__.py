"""The contract of the REST API: its OpenAPI document, the reader that shows it, and the schemas of job kinds."""
