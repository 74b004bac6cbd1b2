"""Print one table of ratios; a study of its own module adds its rows here."""

from threadpoolctl import threadpool_limits

from benchmarks import segment, training_step
from benchmarks.timing import table

if __name__ == "__main__":
    with threadpool_limits(limits=1):
        print(table([row for module in (training_step, segment) for row in module.rows()]))
