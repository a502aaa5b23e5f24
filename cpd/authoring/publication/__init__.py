"""Publishing approved drafts: laid over the newest version of their course, all or nothing."""
