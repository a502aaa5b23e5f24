"""What learners said in a period or of one version, in groups that nobody can take apart."""
