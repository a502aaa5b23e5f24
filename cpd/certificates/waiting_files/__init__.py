"""Files that wait for fonts: who is told, and what makes them once it can."""
