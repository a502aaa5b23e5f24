"""What a provider submits to an authority: an archive of documents, and a reader's account."""
