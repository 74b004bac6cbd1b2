"""The subcommands of ``relupath`` that need only the library; `proofs_checks.cli` composes them."""
