"""One file per form in which a certificate is handed out."""
