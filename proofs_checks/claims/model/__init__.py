"""Chapter M: the model and its calculus."""
