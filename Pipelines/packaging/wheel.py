"""Makes the wheel of a tree (bin, lib, Pipelines, share) and the Python package over it:
wheel.py TREE PACKAGE OUT --version V --platform P.

The tree lies inside the package as `tree`; the same files give the same bytes (SOURCE_DATE_EPOCH).
Format: PEP 427, PEP 376.
"""
import argparse
import base64
import hashlib
import os
import pathlib
import time
import zipfile

METADATA = """Metadata-Version: 2.1
Name: collagan
Version: {version}
Summary: Synthesises the MRI contrast that a patient's scan lacks
License: Apache-2.0
Requires-Python: >=3.9
Classifier: Intended Audience :: Science/Research
Classifier: License :: OSI Approved :: Apache Software License
Classifier: Operating System :: POSIX :: Linux
Classifier: Topic :: Scientific/Engineering :: Medical Science Apps.
Provides-Extra: arrays
Requires-Dist: numpy; extra == "arrays"
Requires-Dist: nibabel; extra == "arrays"
Description-Content-Type: text/markdown

`collagan.impute("PATIENTS", "RESULTS")` synthesises every contrast that a patient lacks, with a report that says how far to trust it.
The program `collagan` comes with it. Research use only: not a medical device.
"""
WHEEL = """Wheel-Version: 1.0
Generator: collagan
Root-Is-Purelib: false
Tag: py3-none-{platform}
"""
ENTRY = "[console_scripts]\ncollagan = collagan._program:main\n"


def main():
    parser = argparse.ArgumentParser()
    for name in ("tree", "package", "out"):
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("--version", required=True)
    parser.add_argument("--platform", required=True)
    options = parser.parse_args()
    info = f"collagan-{options.version}.dist-info"
    files = {f"collagan/{path.relative_to(options.package)}": path.read_bytes()
             for path in options.package.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    executable = set()
    for path in options.tree.rglob("*"):
        part = path.relative_to(options.tree)
        if path.is_file() and part.parts[:2] not in {("share", "zsh"), ("share", "fish"), ("share", "bash-completion")}:
            name = f"collagan/tree/{part}"
            files[name] = path.read_bytes()
            if os.access(path, os.X_OK) and part.parts[0] == "bin":
                executable.add(name)
    files["collagan/_version.py"] = (
        '"""Version of the program that comes with the package."""\n'
        f'__version__ = "{options.version}"\n').encode()
    files[f"{info}/METADATA"] = METADATA.format(version=options.version).encode()
    files[f"{info}/WHEEL"] = WHEEL.format(platform=options.platform).encode()
    files[f"{info}/entry_points.txt"] = ENTRY.encode()
    for name in ("LICENSE", "THIRD_PARTY.md"):
        files[f"{info}/licenses/{name}"] = (options.tree / "share/doc/collagan" / name).read_bytes()
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}\n"
        for name, data in sorted(files.items())) + f"{info}/RECORD,,\n"
    files[f"{info}/RECORD"] = record.encode()
    when = time.gmtime(max(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())), 315532800))[:6]
    out = options.out / f"collagan-{options.version}-py3-none-{options.platform}.whl"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in sorted(files.items(), key=lambda pair: (pair[0].startswith(info), pair[0])):
            entry = zipfile.ZipInfo(name, when)
            entry.external_attr = (0o100755 if name in executable else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data, compresslevel=6)


if __name__ == "__main__":
    main()
