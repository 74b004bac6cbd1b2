"""The confined process a submission runs in, and the protocol to talk to it."""
