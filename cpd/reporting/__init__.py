"""What the provider reports to authorities, through CE Broker: files, answers and corrections."""
