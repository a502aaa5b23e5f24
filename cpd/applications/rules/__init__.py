"""Pure decisions about documents and readers."""
