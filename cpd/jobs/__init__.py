"""What is owed to the world, and the worker that carries it out."""
