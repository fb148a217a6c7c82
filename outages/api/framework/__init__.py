"""What all resources of the REST API share: paging, renderers, problems, the response cache, OpenAPI."""
