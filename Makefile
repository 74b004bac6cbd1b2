# `make verify` and `make test` are all a fresh machine needs: Python 3.11+ and make.

PYTHON ?= python3
BIN := .venv/bin
CODE := reference proofs_checks
CHECKS := tests benchmarks
PAGES := docs/conf.py docs/_extensions docs/gallery

# Two test processes, one BLAS thread each: more threads than cores only slow small products.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
WORKERS ?= 2

.PHONY: verify test lint types format benchmarks exact-certificates forged-certificates mutants coursework docs clean

verify: .venv/installed
	$(BIN)/relupath verify --out runs/verify

test: .venv/installed
	$(ONE_THREAD) $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

lint: .venv/installed
	$(BIN)/ruff format --check $(CODE) $(CHECKS) $(PAGES)
	$(BIN)/ruff check $(CODE) $(CHECKS) $(PAGES)

types: .venv/installed
	$(BIN)/mypy

format: .venv/installed
	$(BIN)/ruff check --fix --select I $(CODE) $(CHECKS) $(PAGES)
	$(BIN)/ruff format $(CODE) $(CHECKS) $(PAGES)

benchmarks: .venv/installed
	$(ONE_THREAD) $(BIN)/python -m benchmarks

# Float64 certificates of every allowed magnitude against exact arithmetic, some minutes;
# COMPARISONS=... for longer.
COMPARISONS ?= 1000000
exact-certificates: .venv/installed
	PYTHONPATH=tests $(ONE_THREAD) $(BIN)/python -m helpers.exact_certificates $(COMPARISONS)

# Certificate files with a right digest and a false claim, and how many the checker accepts.
FORGED ?= 10000
HONEST ?= 1000
forged-certificates: .venv/installed
	PYTHONPATH=tests $(ONE_THREAD) $(BIN)/python -m helpers.forged_certificates $(FORGED) $(HONEST)

# Ten minutes on two cores; MUTANTS='reference.model.path.*' for some. Reasons: docs/mutation.md.
mutants: .venv/installed
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[mutants]'
	$(ONE_THREAD) $(BIN)/mutmut run --max-children $(WORKERS) $(if $(MUTANTS),'$(MUTANTS)')
	$(BIN)/mutmut results
	@$(BIN)/mutmut results --all true | sed -E 's/^ *(.*)\.x.*: /\1 /' | sort | uniq -c

# Real nbgrader and Otter-Grader on all five assignments; a quarter of an hour, and Jupyter to install.
coursework: .venv/installed
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[coursework]'
	$(ONE_THREAD) $(BIN)/python -m pytest tests/coursework/test_platforms.py

docs: .venv/installed
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[docs]'
	$(ONE_THREAD) $(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html

.venv/installed: setup.cfg pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[test]'
	touch $@

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	rm -rf docs/_build docs/api docs/auto_gallery docs/sg_execution_times.rst
