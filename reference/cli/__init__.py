"""The subcommands that need only the library; `proofs_checks.cli` composes the command.

Modules in reading order; each imports only from those above it and from lower packages:

- `options`: what the subcommands share
- `gap`: `relupath gap`
- `connect`: `relupath connect`
- `barrier`: `relupath barrier`
- `certify`: `relupath certify`
- `minimum`: `relupath minimum`
- `report`: `relupath report`
"""
