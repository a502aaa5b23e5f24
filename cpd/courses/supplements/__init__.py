"""What stands beside the sections: safety cards, sheets, sources, glossary, corrections, figures."""
