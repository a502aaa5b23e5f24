"""Reading tables from files, and writing grades into them, without changing anything else."""
