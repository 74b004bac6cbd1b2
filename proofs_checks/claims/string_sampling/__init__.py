"""string_sampling."""
