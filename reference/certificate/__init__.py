"""How high is a path? The maximum of the objective along it, proved, and files that say so.

Modules in reading order; each imports only from those above it and from lower packages:

- `segment`: the objective at every time of a grid from two matrix products
- `rounding`: how far float64 can be off, bounded beforehand
- `cell_bounds`: an upper bound between grid times
- `branch_and_bound`: where to look closer: best-first branch and bound
- `path_maximum`: `certify`: the maximum of the objective over a whole path, enclosed
- `certificate_file`: a path and its certificate in one file
- `checker`: an independent check of a path certificate; shares no code with what wrote it
"""

from reference.certificate.certificate_file import load_certificate, save_certificate
from reference.certificate.checker import check_file
from reference.certificate.path_maximum import Certificate, certify
from reference.certificate.segment import segment_table, segment_tables

__all__ = [
    "Certificate",
    "certify",
    "check_file",
    "load_certificate",
    "save_certificate",
    "segment_table",
    "segment_tables",
]
