# Nothing to install first but make and Python 3.11 to 3.13, nothing to activate: each target makes what it needs.
VENV := .venv
BIN := $(VENV)/bin
# One more than two cores: many tests wait, for a browser or for a time limit.
WORKERS := 3

.PHONY: demo test thorough crash mutation diagnosis seeds seeds-oldest lab bench bench-grading bench-widgets gallery site format clean

demo: $(VENV)/installed
	$(BIN)/autograder demo

test: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright --pythonpath $(BIN)/python
	if [ -e $(VENV)/installed-bench ]; then $(BIN)/pyright --pythonpath $(BIN)/python benchmarks; fi # needs PyTorch's types
	$(BIN)/lint-imports
	$(BIN)/pytest --numprocesses $(WORKERS)

# All tests; `make test` runs a sample of those that take longest.
thorough: $(VENV)/installed-dev
	THOROUGH=1 $(BIN)/pytest --numprocesses $(WORKERS)

# Kill -9 at 50 random moments of a run, its workers and their walls (make test: at 4): some minutes.
crash: $(VENV)/installed-dev
	CRASH_MOMENTS=50 $(BIN)/pytest --numprocesses 0 tests/autograder/test_crash.py

# Every mutant of every answer before its hidden suite; writes tests/mutation/results.json and docs/mutation.md.
mutation: $(VENV)/installed-dev
	$(BIN)/python -m tests.mutation

# What diagnosis says of the bank's mistakes, of mutants and of right answers; writes docs/diagnosis.md.
diagnosis: $(VENV)/installed-dev
	$(BIN)/python -m tests.diagnosis

# The independent right answers with 200 seeds each: hours, and nothing may fail.
seeds: $(VENV)/installed-dev
	$(BIN)/python -m tests.autograder.suites.many_seeds

# The same with the oldest NumPy that is supported; the constraints have the newest.
OLDEST := $(VENV)-oldest
seeds-oldest: $(VENV)/made
	$(BIN)/python -m venv $(OLDEST)
	sed 's/^numpy==.*/numpy==2.1.0/' constraints.txt > $(OLDEST)/constraints.txt
	$(OLDEST)/bin/python -m pip install --quiet --disable-pip-version-check --constraint $(OLDEST)/constraints.txt --editable '.[dev]'
	$(OLDEST)/bin/python -m tests.autograder.suites.many_seeds

# The server starts in the project: formgrader wants the course root below the server's root and reads nbgrader_config.py
# from the folder the server starts in. nbgrader's and our commands are found on PATH. A build that refuses (a source notebook
# was edited) says so, and the server starts with what is there.
lab: $(VENV)/installed
	-$(BIN)/autograder build
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/jupyter lab --ServerApp.root_dir="$(CURDIR)" $(LAB_FLAGS)

bench: $(VENV)/installed-bench
	$(BIN)/python -m benchmarks

bench-grading: $(VENV)/installed
	$(BIN)/python -m benchmarks.grading

bench-widgets: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.widgets

gallery: $(VENV)/installed
	$(BIN)/python docs/make_gallery.py

# The documentation as a site: open build/site/html/index.html.
site: $(VENV)/installed-docs
	$(BIN)/python docs/make_site.py

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# The classroom holds students' work: it is not ours to delete.
clean:
	rm -rf $(VENV) $(VENV)-oldest build *.egg-info .pytest_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/made:
	@for python in python3 python3.13 python3.12 python3.11; do \
	  if $$python -c 'import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then \
	    echo "Making $(VENV) with $$($$python --version)"; \
	    $$python -m venv --clear $(VENV) && touch $@; exit; \
	  fi; \
	done; \
	echo 'No Python 3.11, 3.12 or 3.13 with its venv module was found.' \
	  'Install one (on Debian and Ubuntu: apt-get install python3 python3-venv) and run make again.' >&2; exit 1

INSTALL = @echo 'Installing into $(VENV): a minute or two the first time' && \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable

$(VENV)/installed: $(VENV)/made pyproject.toml constraints.txt
	$(INSTALL) . && touch $@

$(VENV)/installed-%: $(VENV)/made pyproject.toml constraints.txt
	$(INSTALL) '.[$*]' && touch $@
