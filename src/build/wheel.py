"""Writes the wheel torc-build of a distribution with its own JDK: wheel.py DISTRIBUTION TARGET.

The wheel holds no Python: pip and its like put the launcher into the environment's bin, and the
whole distribution into lib/torc-build. The manual and the files of completion stay in there: pip
would leave the folders that it makes for them. The same distribution gives the same bytes.
"""

import base64
import hashlib
import pathlib
import re
import sys
import time
import zipfile

home, target = (pathlib.Path(argument).absolute() for argument in sys.argv[1:])
version, system, arch, musl = re.fullmatch(
    r"torc-(.+)-(linux|macos)-(x86_64|aarch64)(-musl)?", home.name
).groups()
files = sorted(file for file in home.rglob("*") if file.is_file())


def platform():
    """Names the oldest system that can load all shared libraries; for macOS, the JDK's oldest."""
    if system == "macos":
        return "macosx_11_0_" + arch.replace("aarch64", "arm64")
    if musl:
        return "musllinux_1_2_" + arch
    binaries = (file.read_bytes() for file in files if file.suffix in ("", ".so"))
    needed = (
        int(minor)
        for binary in binaries
        if binary.startswith(b"\x7fELF")
        for minor in re.findall(rb"GLIBC_2\.(\d+)", binary)
    )
    return f"manylinux_2_{max(needed)}_{arch}"


name = f"torc_build-{version}"
tag = f"py3-none-{platform()}"
date = time.gmtime((home / "LICENSE").stat().st_mtime)[:6]
record = []

target.mkdir(parents=True, exist_ok=True)
with zipfile.ZipFile(target / f"{name}-{tag}.whl", "w") as wheel:

    def add(path, content, mode=0o644):
        entry = zipfile.ZipInfo(path, date)
        entry.create_system = 3  # Unix, so that installers read the mode
        entry.external_attr = (0o100000 | mode) << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        wheel.writestr(entry, content)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
        record.append(f"{path},sha256={digest.decode()},{len(content)}\n")

    for file in files:
        path = file.relative_to(home).as_posix()
        mode = 0o755 if file.stat().st_mode & 0o100 else 0o644
        add(f"{name}.data/data/lib/torc-build/{path}", file.read_bytes(), mode)
    for command in ("torc", "torc-build"):  # uvx calls the one that is named as the wheel
        add(f"{name}.data/scripts/{command}", (home / "bin/torc").read_bytes(), 0o755)
    add(
        f"{name}.dist-info/METADATA",
        f"Metadata-Version: 2.4\nName: torc-build\nVersion: {version}\n"
        "Summary: A Make-like incremental build engine, driven by the contents of files\n"
        "License-Expression: Apache-2.0\n".encode(),
    )
    add(
        f"{name}.dist-info/WHEEL",
        f"Wheel-Version: 1.0\nGenerator: torc\nRoot-Is-Purelib: false\nTag: {tag}\n".encode(),
    )
    record.append(f"{name}.dist-info/RECORD,,\n")
    add(f"{name}.dist-info/RECORD", "".join(record).encode())
