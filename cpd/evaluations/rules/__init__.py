"""Rules of evaluations: what is asked, and how answers are added up."""
