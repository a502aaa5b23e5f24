"""What learners say of a course once they hold its certificate, and what comes of it together."""
