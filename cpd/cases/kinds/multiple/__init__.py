"""Every answer that applies, from a list: right choices add marks, wrong ones take them away."""
