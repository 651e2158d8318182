"""siamgui: are these two faces the same person? Offline, on this machine, with an honest answer."""

import os

__version__ = "0.1.0"

# Threads of numpy's matrix products wait for the next one in a busy loop, for some 20 ms each time, while the networks
# want the processors. numpy reads this when it is first imported: as short as it allows.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
