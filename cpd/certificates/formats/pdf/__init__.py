"""The certificate as a PDF: one A4 page that carries its signed record."""
