"""The files in which a certificate can be downloaded: one file or folder for each format."""
