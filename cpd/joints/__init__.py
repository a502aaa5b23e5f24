"""How rooms are connected: what each declares, and how an app joins the parts."""
