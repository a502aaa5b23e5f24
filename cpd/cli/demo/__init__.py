"""`cpd demo`: an example site with people and history, made by the real actions."""
