"""Pictures in the texts of a course: uploaded, written anew, and put into a draft."""
