"""The energy-gap study: what to run (`design`), where it is kept (`records`), what it says."""
