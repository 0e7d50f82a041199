"""One thing arriving, an email or a person's word, to a stored decision."""
