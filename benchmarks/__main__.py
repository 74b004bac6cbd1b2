"""Print one table of ratios; a study of its own module adds its rows here."""

from threadpoolctl import threadpool_limits

from benchmarks import cores, finders, scaling, segment, training_step
from benchmarks.timing import table

MODULES = (training_step, segment, scaling, finders, cores)

if __name__ == "__main__":
    with threadpool_limits(limits=1):
        print(table([row for module in MODULES for row in module.rows()]))
