"""The energy-gap study: which networks are paired, which finders run, where results are kept.

Modules in reading order; each imports only from those above it and from lower packages:

- `design`: what to run: one frozen configuration
- `presets`: the studies shipped
- `pairing`: which networks are joined, at which level
- `environment`: what numbers were computed with
- `folder_lock`: one study at a time in a folder
- `record`: what one path finder did for one pair
- `database`: where a run is kept
- `pools`: pools of networks, trained again if lost
- `barriers`: the three barriers of a path
- `finders`: the path finders, one function each
- `tasks`: one pair, one finder, what they measure
- `workers`: where tasks run
- `runner`: do what has no row yet
"""
