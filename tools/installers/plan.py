"""What goes into an installer and what does not, as lists; nothing here depends on PyInstaller.

Whatever is left out is never loaded by siamgui; docs/packaging.md says how that was tried.
"""

from __future__ import annotations

import os
import sys
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

STANDARD_LIBRARY_WITHOUT = frozenset(
    [
        "_crypt",
        "_curses",
        "_curses_panel",
        "_dbm",
        "_gdbm",
        "antigravity",
        "crypt",
        "curses",
        "ensurepip",
        "idlelib",
        "lib2to3",
        "nis",
        "pydoc_data",
        "readline",
        "test",
        "this",
        "tkinter",
        "turtle",
        "turtledemo",
        "venv",
    ]
)
"""Modules of Python that no program needs. All others are there: the training part is not frozen and wants many."""

ANALYSED_WITH = [
    "scipy.stats",
    "scipy.ndimage",
    "scipy.interpolate",
    "scipy.integrate",
    "scipy.fft",
    "scipy.constants",
    "scipy.spatial.distance",
    "scipy.signal",
]
"""What the training part asks of packages that are frozen."""

FROZEN_WITHOUT = [
    "torch",
    "torchgen",
    "functorch",
    "pytorch_metric_learning",
    "sympy",
    "mpmath",
    "networkx",
    "sklearn",
    "joblib",
    "pandas",
    "numba",
    "cupy",
    "IPython",
    "gi",
    "wx",
    "jinja2",
    "tornado",
    "zmq",
    "PyQt5",
    "PyQt6",
    "PySide2",
    "tkinter",
    "_tkinter",
    "readline",
    "_curses",
    "_crypt",
    "nis",
    "yaml",
    "mkdocs",
    "setuptools",
    "pip",
    "wheel",
    "pkg_resources",
    "distutils",
    "_distutils_hack",
    "PyInstaller",
    "shiv",
    "click",
    "distributed",
    "dask",
    "pyarrow",
    "OpenGL",
    "h5py",
    "colorcet",
    "numpy.distutils",
    "matplotlib.tests",
    "mpl_toolkits",
    "fontTools",
    "matplotlib.backends.backend_pdf",
    "matplotlib.backends.backend_ps",
    "matplotlib.backends.backend_svg",
    "matplotlib.backends.qt_compat",
    "PIL.ImageQt",
    "PIL._imagingtk",
    "PySide6.QtOpenGL",
    "PySide6.QtOpenGLWidgets",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtSql",
    "PySide6.QtTest",
    "PySide6.QtDesigner",
    "openvino.torch",
    "openvino.tools",
    "openvino.frontend.jax",
    "openvino.frontend.paddle",
    "openvino.frontend.tensorflow",
]
"""Modules that are not frozen. The first lines are the training part, or nothing that siamgui imports."""

UNWANTED_FILES = (
    # OpenVINO: the CPU alone, and the form in which siamgui keeps its networks.
    "openvino/libs/libopenvino_*_frontend*",
    "openvino/libs/openvino_*_frontend*",
    "openvino/libs/*intel_gpu*",
    "openvino/libs/*intel_npu*",
    "openvino/libs/cache.json",
    "openvino/libs/libopenvino_c.so*",
    "openvino/libs/openvino_c.dll",
    "openvino/frontend/jax/*",
    "openvino/frontend/paddle/*",
    "openvino/frontend/tensorflow/*",
    "openvino/libs/*tbbmalloc_proxy*",
    "openvino/include/*",
    "openvino/cmake/*",
    # Qt: what draws on X11, Wayland, Windows and macOS, and the pictures that siamgui gives it.
    "PySide6/Qt/plugins/platformthemes/libqgtk3*",
    "PySide6/Qt/translations/*",
    "PySide6/translations/*",
    "PySide6/Qt/qml/*",
    "PySide6/Qt/libexec/*",
    "PySide6/Qt/plugins/platforms/libqvnc*",
    "PySide6/Qt/plugins/platforms/libqlinuxfb*",
    "PySide6/Qt/plugins/platforms/libqvkkhrdisplay*",
    "PySide6/Qt/plugins/platforms/libqeglfs*",
    "PySide6/Qt/plugins/platforms/libqminimalegl*",
    "PySide6/Qt/plugins/egldeviceintegrations/*",
    "PySide6/Qt/plugins/generic/*",
    "PySide6/Qt/plugins/tls/*",
    "PySide6/Qt/plugins/networkinformation/*",
    "PySide6/Qt/plugins/imageformats/libqtiff*",
    "PySide6/Qt/plugins/imageformats/libqwebp*",
    "PySide6/Qt/plugins/imageformats/libqicns*",
    "PySide6/Qt/plugins/imageformats/libqtga*",
    "PySide6/Qt/plugins/imageformats/libqwbmp*",
    "PySide6/Qt/plugins/imageformats/libqpdf*",
    "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboard*",
    "PySide6/Qt/lib/libQt6Qml*",
    "PySide6/Qt/lib/libQt6Quick*",
    "PySide6/Qt/lib/libQt6VirtualKeyboard*",
    "PySide6/Qt/lib/libQt6Pdf*",
    "PySide6/Qt/lib/libQt6Eglfs*",
    "libQt6Qml*",
    "libQt6Quick*",
    "libQt6VirtualKeyboard*",
    "libQt6Pdf*",
    # Tests, sources and samples of packages.
    "*/tests/*",
    "*/testing/*",
    "*.pyi",
    "*.pxd",
    "*.pyx",
    "*.h",
    "*.hpp",
    "*.c",
    "*.a",
    "*.lib",
    "*.js.map",
    "*.css.map",
    "matplotlib/mpl-data/sample_data/*",
    "matplotlib/mpl-data/images/*",
    "matplotlib/mpl-data/fonts/afm/*",
    "matplotlib/mpl-data/fonts/pdfcorefonts/*",
    "pyqtgraph/examples/*",
    "pyqtgraph/icons/*",
)
"""Files that are not taken, by their place in the program. A pattern's * passes over slashes."""

WANTED_FILES = (
    "openvino/libs/*openvino_ir_frontend*",
    "openvino/libs/*openvino_onnx_frontend*",  # siamgui models add
    "openvino/libs/*openvino_pytorch_frontend*",  # a version that was trained
)
"""Taken in spite of UNWANTED_FILES."""

METADATA = [
    "av",
    "keyring",
    "matplotlib",
    "numpy",
    "opencv-python-headless",
    "openvino",
    "pillow",
    "pillow-heif",
    "pyside6-essentials",
    "scipy",
]
"""Packages whose records go with them: keyring finds its backends there, `siamgui doctor` the versions."""

HOOKS_WITHOUT = ("pyi_rth_pyside6", "pyi_rth_mplconfig", "pyi_rth_multiprocessing", "pyi_rth_inspect")
"""What PyInstaller would run at each start: Qt, matplotlib's folder and more, before `siamgui --version` answers."""

OF_SYSTEM = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/")
"""Where libraries of a Linux lie. They are not taken: those of the machine fit its drivers, fonts and printers."""

WANTED_OF_SYSTEM = (
    "libpython3*",
    "libcrypto.so*",  # of Python's own modules
    "libssl.so*",
    "libffi.so*",
    "libbz2.so*",
    "liblzma.so*",
    "libsqlite3.so*",
    "libexpat.so*",
    "libuuid.so*",
    "libxcb-cursor.so*",  # of Qt on X11, and not on every desktop
    "libxcb-icccm.so*",
    "libxcb-image.so*",
    "libxcb-keysyms.so*",
    "libxcb-render-util.so*",
    "libxcb-util.so*",
    "libxkbcommon-x11.so*",
)
"""Taken all the same, by their names."""

NEVER_CALLED = (
    "av.libs/libx264-*",
    "av.libs/libx265-*",
    "av.libs/libSvtAv1Enc-*",
    "pillow_heif.libs/libx265-*",
)
"""Libraries that only encode videos and photographs: others name them, and nothing of siamgui calls them. x264 and x265
are under the GPL."""

FORWARDED = {"opencv_python_headless.libs/libopenblas*": ("scipy.libs/libscipy_openblas-*", "scipy_")}
"""Of a library the one that stands in for it, and what its symbols begin with: OpenBLAS with integers of 32 bits."""

ICU = "PySide6/Qt/lib/libicudata.so.*"
ICU_WITHOUT = frozenset(["brkitr", "curr", "lang", "rbnf", "region", "translit", "unit", "zone"])
"""Folders of ICU's data: where lines break, and how countries, languages, units, currencies, numbers and time zones are
called. Qt asks for the order of words, for upper and lower case and for encodings."""

SAME_LIBRARIES = {
    "opencv_python_headless.libs/libavcodec-*": "av.libs/libavcodec-*",
    "opencv_python_headless.libs/libavformat-*": "av.libs/libavformat-*",
    "opencv_python_headless.libs/libavutil-*": "av.libs/libavutil-*",
    "opencv_python_headless.libs/libswresample-*": "av.libs/libswresample-*",
    "opencv_python_headless.libs/libswscale-*": "av.libs/libswscale-*",
    "opencv_python_headless.libs/libavif-*": "pillow.libs/libavif-*",
}
"""Of a library the one of another wheel that stands in for it: of the same major version, by its soname."""

LICENCES = ("licen*", "copying*", "notice*", "authors*", "*third*part*")
"""What packages call the files that say whose they are, in lower case."""

NOT_HANDED_ON = frozenset(
    [
        "altgraph",
        "babel",
        "backrefs",
        "certifi",
        "charset_normalizer",
        "click",
        "colorama",
        "editables",
        "ghp_import",
        "hatchling",
        "idna",
        "jinja2",
        "macholib",
        "markdown",
        "markupsafe",
        "mergedeep",
        "mkdocs",
        "mkdocs_get_deps",
        "mkdocs_material_extensions",
        "paginate",
        "pathspec",
        "pefile",
        "pip",
        "pluggy",
        "pyinstaller_hooks_contrib",
        "pyyaml",
        "pyyaml_env_tag",
        "requests",
        "setuptools",
        "shiv",
        "torch",
        "trove_classifiers",
        "urllib3",
        "watchdog",
    ]
)
"""Packages that only make packages or documents, or that come with the training part, by their records' names."""

TRAINING_PACKAGES = (
    "torch",
    "torch-*.dist-info",
    "torchgen",
    "sympy",
    "sympy-*.dist-info",
    "mpmath",
    "mpmath-*.dist-info",
    "pytorch_metric_learning",
    "pytorch_metric_learning-*.dist-info",
    "tqdm",
    "tqdm-*.dist-info",
)
"""The training part, folders of site-packages. An optimiser of torch imports what compiles networks, and that sympy."""

TRAINING_WITH = (
    "torch/testing/_internal/__init__.py",
    "torch/testing/_internal/common_dtype.py",
    "torch/testing/_internal/logging_tensor.py",
)
"""Taken in spite of TRAINING_WITHOUT."""

TRAINING_WITHOUT = (
    "torch/test/*",
    "torch/include/*",
    "torch/share/*",
    "torch/bin/test*",
    "torch/bin/*Test",
    "torch/bin/*.pt*",
    "torch/bin/protoc*",
    "torch/bin/upgrader_models/*",
    "torch/lib/*.a",
    "torch/lib/*.lib",
    "torch/lib/*test*",
    "torch/lib/libaoti_custom_ops*",
    "torch/lib/libbackend_with_compiler*",
    "torch/testing/_internal/*",
    "torch/onnx/*",
    "torchgen/packaged/*",
    "pytorch_metric_learning/utils/inference*",
    "sympy/*/tests/*",
    "sympy/tests/*",
    "sympy/*/benchmarks/*",
    "sympy/benchmarks/*",
    "mpmath/tests/*",
    "*.pyi",
    "*.h",
    "*.cpp",
    "*.cu",
    "*/__pycache__/*",
)


def standard_library() -> list[str]:
    """Modules of this Python that are frozen, those of its packages too."""
    names = []
    for name in sorted(sys.stdlib_module_names - STANDARD_LIBRARY_WITHOUT):
        package = Path(os.__file__).with_name(name)
        if package.is_dir():
            names += modules_of(package)
        elif not name.startswith("_"):
            names.append(name)
    return names


def modules_of(package: Path) -> list[str]:
    """Every module of a package by its files, without importing any, and without its tests."""
    found = []
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        if not {"test", "tests", "__pycache__"} & set(parts) and all(map(str.isidentifier, parts)):
            found.append(".".join(parts).removesuffix(".__init__"))
    return found


def is_wanted(place: str, source: str = "") -> bool:
    """Whether a file goes into the program. place: below it, by slashes or backslashes. source: where it comes from."""
    if source.startswith(OF_SYSTEM) and "/python3" not in source and not any_of(place, WANTED_OF_SYSTEM):
        return False
    return any_of(place, WANTED_FILES) or not any_of(place, UNWANTED_FILES)


def any_of(place: str, patterns: tuple[str, ...]) -> bool:
    named = PurePosixPath(place.replace("\\", "/")).as_posix()
    return any(fnmatchcase(named, pattern) for pattern in patterns)
