"""What reviewers may say, and how long their invitations and codes last."""
