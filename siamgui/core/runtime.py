"""Where the networks run: OpenVINO on the CPU, torch on a GPU. Importing this module imports neither.

Every runtime takes the same uint8 pictures and gives the same numbers; they are verified bytes of models/ before they
are loaded. Any thread may call one.
"""

from __future__ import annotations

import platform
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from ctypes.util import find_library
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from siamgui.core import training_part
from siamgui.core.alignment import CROP_SIZE
from siamgui.core.detection import Maps
from siamgui.core.embedding import AT_A_TIME
from siamgui.core.encoders.registry import encoder_of, is_foreign
from siamgui.core.errors import DeviceUnavailable, ModelCorrupt
from siamgui.core.machine import processors
from siamgui.core.manifest import Model
from siamgui.core.types import Pixels
from siamgui.core.weights import lay_out, read_stored, room

if TYPE_CHECKING:
    from torch import Tensor, nn

DEVICES = ("auto", "cpu", "cuda", "mps")
CPU = "CPU"

# A graph for pictures of any size works out its memory anew whenever the size changes, which takes the detector a
# third of its time on small pictures. So the sizes that keep coming get a graph of their own. Compiling one takes as
# long as many pictures do: it only gives way to another after that many runs without its size.
OFTEN, OWN_GRAPHS, IDLE = 6, 3, 60


class Runtime(Protocol):
    """device: "CPU", "CUDA" or "MPS"; backend: "OpenVINO" or "PyTorch". at_a_time: faces it encodes best in one go."""

    device: str
    backend: str
    at_a_time: int

    def detect(self, image: Pixels) -> Maps:
        """(1, h, w, 3) uint8 RGB -> heatmap, scale, offset, landmarks of CenterFace.

        They may be views that this thread's next detect() writes to.
        """

    def encode(self, crops: Pixels) -> NDArray[np.float32]:
        """(n, 112, 112, 3) uint8 RGB -> (n, d) embeddings, not normalised."""


class OpenVinoRuntime:
    device = CPU
    backend = "OpenVINO"
    at_a_time = AT_A_TIME

    def __init__(self, detector: Model, encoder: Model, at_once: int = 1) -> None:
        """at_once: threads that will call at the same time: a processor for each then. Raises ModelMissing,
        ModelCorrupt.
        """
        core = _openvino(at_once)
        one_face = (encoder_of(encoder.architecture).views, CROP_SIZE, CROP_SIZE, 3)
        with ThreadPoolExecutor(2) as pool:
            detecting = pool.submit(_Network, core, detector, own_graphs=OWN_GRAPHS)
            self._encoder = _Network(core, encoder, expected=one_face)
            self._detector = detecting.result()

    def detect(self, image: Pixels) -> Maps:
        heat, scale, offset, marks = self._detector.run(image)
        return heat, scale, offset, marks

    def encode(self, crops: Pixels) -> NDArray[np.float32]:
        return self._encoder.run(crops)[0].copy()


class OpenVinoEncoder:
    """An encoder without a detector, for faces that are aligned already."""

    def __init__(self, encoder: Model) -> None:
        """Raises ModelMissing, ModelCorrupt."""
        self._encoder = _Network(_openvino(), encoder)

    def encode(self, crops: Pixels) -> NDArray[np.float32]:
        """As Runtime.encode()."""
        return self._encoder.run(crops)[0].copy()


class OpenVinoMarks:
    """The two small networks for a close look at one face. On the CPU they take less than a copy to a GPU would."""

    def __init__(self, landmarks: Model, eyes: Model) -> None:
        """Raises ModelMissing, ModelCorrupt."""
        core = _openvino()
        core.set_property("CPU", {"INFERENCE_NUM_THREADS": 1})  # they are too small to be shared
        self._landmarks = _Network(core, landmarks, expected=(2, 64, 64, 1))
        self._eyes = _Network(core, eyes, expected=(2, 24, 24, 1))

    def points(self, pictures: Pixels) -> NDArray[np.float32]:
        """(n, 64, 64, 1) uint8 grey -> (n, 68, 2) x and y, 0 to 1."""
        return self._landmarks.run(pictures)[0].reshape(-1, 68, 2).copy()

    def eyes(self, pictures: Pixels) -> NDArray[np.float32]:
        """(n, 24, 24, 1) uint8 grey -> (n,) how surely each eye is open, 0 to 1."""
        closed, opened = self._eyes.run(pictures)[0].T
        share: NDArray[np.float32] = 1 / (1 + np.exp(closed - opened))
        return share


def _openvino(at_once: int = 1) -> Any:
    from siamgui.core.vino import ov

    core = ov.Core()
    # A result must not depend on whether this CPU happens to do bfloat16.
    core.set_property("CPU", {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})
    streams = min(at_once, processors())
    if streams > 1:
        core.set_property("CPU", {"NUM_STREAMS": streams, "INFERENCE_NUM_THREADS": streams})
    return core


class _Graph:
    """A compiled network. Each thread has a request of its own, whose results stand until its next run()."""

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled
        self._threads = threading.local()

    def run(self, images: Pixels) -> list[NDArray[np.float32]]:
        request = getattr(self._threads, "request", None)
        if request is None:
            request = self._threads.request = self._compiled.create_infer_request()
        request.infer({0: images}, share_inputs=True)
        return [request.get_output_tensor(i).data for i in range(len(request.model_outputs))]


class _Network:
    """A network for pictures of any size, and for some sizes a graph of their own."""

    def __init__(
        self, core: Any, model: Model, *, expected: tuple[int, ...] | None = None, own_graphs: int = 0
    ) -> None:
        """expected: (n, h, w, 3) of the pictures that will come; None: any. own_graphs: for how many sizes at most.

        Raises ModelMissing, ModelCorrupt.
        """
        from siamgui.core.vino import ov

        graph, constants, weights = (model.file(name) for name in ("serving.xml", "serving.bin", "weights.safetensors"))
        own = constants.read()
        try:
            stored = read_stored(weights.read())
            buffer = ov.Tensor(ov.Type.u8, [room(stored, len(own))])
            lay_out(stored, own, buffer.data)
        except ValueError:
            raise ModelCorrupt(name=weights.name) from None
        self._core, self._name = core, graph.name
        try:
            self._model = core.read_model(graph.read().decode(), buffer)
        except (RuntimeError, UnicodeDecodeError):
            raise ModelCorrupt(name=graph.name) from None
        try:
            self._graphs = {expected: self._compiled(expected)}
        except RuntimeError:
            raise ModelCorrupt(name=self._name) from None
        self._own_graphs, self._runs = own_graphs, 0
        self._own: dict[tuple[int, ...], _Graph] = {}
        self._last_run: dict[tuple[int, ...], int] = {}
        self._seen: Counter[tuple[int, ...]] = Counter()
        self._lock = threading.Lock()

    def run(self, images: Pixels) -> list[NDArray[np.float32]]:
        """What comes out, as views that this thread's next run() may write to. Raises RuntimeError, ModelCorrupt."""
        with self._lock:
            graph = self._graph_for(images.shape)
        return graph.run(images)

    def _graph_for(self, shape: tuple[int, ...]) -> _Graph:
        self._runs += 1
        if shape not in self._graphs and shape not in self._own:
            self._seen[shape] += 1
            if self._seen[shape] % OFTEN == 0 and self._has_room():
                try:
                    self._own[shape] = self._compiled(shape)
                except RuntimeError:  # there may be no memory for it: the graph for any size does as well
                    self._own_graphs = len(self._own)
        if shape in self._own:
            self._last_run[shape] = self._runs
            return self._own[shape]
        if shape not in self._graphs and None not in self._graphs:
            try:
                self._graphs[None] = self._compiled(None)
            except RuntimeError:
                raise ModelCorrupt(name=self._name) from None
        return self._graphs.get(shape) or self._graphs[None]

    def _has_room(self) -> bool:
        """For one more graph of its own; the one that has long not been needed makes room."""
        if len(self._own) < self._own_graphs:
            return True
        oldest = min(self._own, key=self._last_run.__getitem__, default=None)
        if oldest is None or self._runs - self._last_run[oldest] < IDLE:
            return False
        del self._own[oldest], self._last_run[oldest], self._seen[oldest]
        return True

    def _compiled(self, shape: tuple[int, ...] | None) -> _Graph:
        """Raises RuntimeError."""
        model = self._model
        if shape is not None:
            model = model.clone()
            model.reshape(shape)
        return _Graph(self._core.compile_model(model, CPU))


class TorchRuntime:
    backend = "PyTorch"

    def __init__(self, detector: Model, encoder: Model, device: str) -> None:
        """device: a torch device name. Raises ModelMissing, ModelCorrupt, DeviceUnavailable."""
        import torch

        from siamgui.core.encoders import load, load_weights
        from siamgui.core.encoders.centerface import CenterFace
        from siamgui.core.many_faces import IN_ONE_GO, LEAST, ManyFaces

        self.device = device.upper()
        self._torch = torch
        try:
            self._on = torch.device(device)
            torch.zeros(1, device=self._on)
        except (RuntimeError, AssertionError):
            raise DeviceUnavailable(device=self.device) from None
        if device == "cuda":
            # TF32 would move distances by more than the golden tolerance.
            torch.backends.cuda.matmul.allow_tf32 = False
            torch.backends.cudnn.allow_tf32 = False
        self._detector = self._placed(load_weights(CenterFace(), detector.file("weights.safetensors")))
        self._encoder = self._placed(load(encoder))
        self._many, self._from = ManyFaces(self._encoder, self._on), LEAST
        self.at_a_time = IN_ONE_GO if self._on.type == "cuda" else AT_A_TIME
        self._lock, self._threads = threading.Lock(), threading.local()

    def _placed(self, net: nn.Module) -> nn.Module:
        for parameter in net.parameters():
            if parameter.dim() == 4:
                parameter.data = parameter.data.contiguous(memory_format=self._torch.channels_last)
        return net.eval().to(self._on)

    def _tensor(self, images: Pixels) -> Tensor:
        # (n, h, w, 3) seen as (n, 3, h, w) is channels-last already.
        # A copy: crops are not to be written to, of which torch warns.
        return self._torch.tensor(images).to(self._on).permute(0, 3, 1, 2).float()

    def _turn(self) -> AbstractContextManager[object]:
        """One thread at a time; on a card of NVIDIA each has a stream of its own, which run beside one another."""
        if self._on.type != "cuda":
            return self._lock
        stream = getattr(self._threads, "stream", None)
        if stream is None:
            stream = self._threads.stream = self._torch.cuda.Stream()  # type: ignore[no-untyped-call]
        return self._torch.cuda.stream(stream)

    def detect(self, image: Pixels) -> Maps:
        with self._turn(), self._torch.inference_mode():
            heat, scale, offset, marks = (m.cpu().numpy() for m in self._detector(self._tensor(image)))
        return heat, scale, offset, marks

    def encode(self, crops: Pixels) -> NDArray[np.float32]:
        if self._on.type == "cuda" and len(crops) >= self._from:
            with self._lock:
                return self._many.encode(crops)
        with self._turn(), self._torch.inference_mode():
            result: NDArray[np.float32] = self._encoder(self._tensor(crops)).cpu().numpy()
        return result


def gpu_device() -> str | None:
    """ "cuda" or "mps" if torch can compute there, else None. torch is only imported where a driver is installed."""
    apple = platform.system() == "Darwin" and platform.machine() == "arm64"
    nvidia = find_library("nvcuda" if platform.system() == "Windows" else "cuda") is not None
    if not (apple or nvidia) or not training_part.is_there():
        return None
    import torch

    if nvidia and torch.cuda.is_available():
        return "cuda"
    return "mps" if apple and torch.backends.mps.is_available() else None


def open_runtime(device: str, detector: Model, encoder: Model, at_once: int = 1) -> Runtime:
    """device: one of DEVICES. at_once: threads that will call at the same time.

    Raises ModelMissing, ModelCorrupt, DeviceUnavailable, TrainingMissing.
    """
    chosen = gpu_device() if device == "auto" else device
    if chosen in (None, "cpu") or is_foreign(encoder.architecture):  # of which there is no torch module
        return OpenVinoRuntime(detector, encoder, at_once)
    training_part.need()
    return TorchRuntime(detector, encoder, str(chosen))


class FallbackRuntime:
    """A GPU runtime that hands over to the CPU for good when it fails (out of memory, lost device)."""

    def __init__(self, first: Runtime, make_fallback: Callable[[], Runtime]) -> None:
        self._runtime = first
        self._make_fallback = make_fallback
        self._lock = threading.Lock()
        self.fallen_back = False

    @property
    def device(self) -> str:
        return self._runtime.device

    @property
    def backend(self) -> str:
        return self._runtime.backend

    @property
    def at_a_time(self) -> int:
        return self._runtime.at_a_time

    def detect(self, image: Pixels) -> Maps:
        runtime = self._runtime
        try:
            return runtime.detect(image)
        except RuntimeError:
            return self._in_place_of(runtime).detect(image)

    def encode(self, crops: Pixels) -> NDArray[np.float32]:
        runtime = self._runtime
        try:
            return runtime.encode(crops)
        except RuntimeError:
            return self._in_place_of(runtime).encode(crops)

    def _in_place_of(self, failed: Runtime) -> Runtime:
        """Called while an error of failed is handled; the CPU has no other to hand over to."""
        if failed.device == CPU:
            raise  # noqa: PLE0704 - re-raises the RuntimeError that the caller is handling
        with self._lock:
            if self._runtime is failed:
                self._runtime = self._make_fallback()
                self.fallen_back = True
        return self._runtime
