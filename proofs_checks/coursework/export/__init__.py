"""Files for a class: pages, skeletons, notebooks, and those of Otter, nbgrader and Gradescope."""
