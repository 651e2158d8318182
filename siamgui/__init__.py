"""siamgui: are these two faces the same person? Offline, on this machine, with an honest answer."""

import os

__version__ = "0.1.0"

# Threads of numpy's matrix products wait for the next one in a busy loop, for some 20 ms each time, while the networks
# want the processors. numpy reads this when it is first imported: as short as it allows. It serves the
# products that have to be made; a face held against the cohort makes none (siamgui.core.cohort), since this is nothing
# where numpy came first, or where somebody set another time.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
