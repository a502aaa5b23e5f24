"""What learners say about a course once they hold its certificate, and the totals."""
