"""Pictures of one slice: what was acquired, copy, regression, and what every method made of it."""

import array
import base64
import gzip
import hashlib
import html
import json
import os
import pathlib
import struct
import sys
import zlib


class Image:
    """A NIfTI-1 image whose axes lie along the body's."""

    def __init__(self, path, orientation):
        """`orientation` says where the axes point to, e.g. LPS."""
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        order = "<" if struct.unpack("<i", data[:4])[0] == 348 else ">"
        self.size = struct.unpack(order + "8h", data[40:56])[1:4]
        # Size, and how voxels lie in space: the same for images that can be compared voxel by voxel.
        self.grid = (self.size, [round(value, 3) for value in struct.unpack(order + "18f", data[256:328])])
        kinds = {2: "B", 4: "h", 8: "i", 16: "f", 64: "d", 256: "b", 512: "H", 768: "I"}
        kind = kinds[struct.unpack(order + "h", data[70:72])[0]]
        start, slope, self.shift = struct.unpack(order + "3f", data[108:120])
        self.slope = slope or 1.0
        count = self.size[0] * self.size[1] * self.size[2]
        self.values = array.array(kind)
        self.values.frombytes(data[int(start):int(start) + count * self.values.itemsize])
        if order != ("<" if sys.byteorder == "little" else ">"):
            self.values.byteswap()
        strides = (1, self.size[0], self.size[0] * self.size[1])
        # Columns to the patient's left, rows to the back, slices upwards:
        # (size, stride, whether the axis is turned round).
        self.axes = [next((self.size[i], strides[i], letter == turned) for i, letter in enumerate(orientation)
                          if letter in (along, turned)) for along, turned in ("LR", "PA", "SI")]

    def plane(self, slice):
        """Rows of one axial slice, seen from the feet, the front on top."""
        (width, across, mirrored), (height, down, turned), (depth, up, _) = self.axes
        rows = []
        for row in range(height):
            start = slice * up + (height - 1 - row if turned else row) * down
            values = self.values[start:start + (width - 1) * across + 1:across]
            rows.append([value * self.slope + self.shift for value in (values[::-1] if mirrored else values)])
        return rows

    def fullest(self):
        """The axial slice with most voxels other than 0."""
        (width, across, _), (height, down, _), (depth, up, _) = self.axes

        def filled(slice):
            starts = range(slice * up, slice * up + height * down, down)
            return sum(width - self.values[start:start + (width - 1) * across + 1:across].count(0) for start in starts)

        return max(range(depth), key=filled)


def png(rows, top):
    """A gray picture of rows of values, black at 0, white at `top`, as a data URL."""
    lines = b"".join(b"\0" + bytes(min(255, max(0, int(255 * value / top))) for value in row) for row in rows)

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    data = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", len(rows[0]), len(rows), 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b""))
    return "data:image/png;base64," + base64.b64encode(data).decode()


def metadata(model):
    """What a weight file says of itself."""
    with open(model, "rb") as file:
        return json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))["__metadata__"]


def regressed(regression, inputs):
    """The quadratic regression of rows of normalised intensities."""
    rows = []
    for lines in zip(*inputs):
        row = []
        for values in zip(*lines):
            features = [1, *values, *(a * b for i, a in enumerate(values) for b in values[i:])]
            row.append(max(0, sum(weight * feature for weight, feature in zip(regression["coefficients"], features))))
        rows.append(row)
    return rows


def inside(rows, brain):
    return [[value if mask else 0 for value, mask in zip(row, masks)] for row, masks in zip(rows, brain)]


def cropped(rows, brain, margin=4):
    """What surrounds the brain closely."""
    filled = [index for index, row in enumerate(brain) if any(row)] or [0, len(brain) - 1]
    columns = [index for index in range(len(brain[0])) if any(row[index] for row in brain)] or [0, len(brain[0]) - 1]
    kept = rows[max(0, filled[0] - margin):filled[-1] + margin + 1]
    return [row[max(0, columns[0] - margin):columns[-1] + margin + 1] for row in kept]


def line(files, out, methods, records, contrast):
    """Titled rows of one contrast: acquired, copy, regression, methods.

    `files` are paths by SHA-256, `records` those of one patient by method.
    """
    first = records[methods[0]]
    entries = {entry["role"]: entry for entry in first["inputs"]}
    made = {method: record["contrasts"][contrast] for method, record in records.items()}

    def acquired(name):
        entry = entries[name]
        if entry["sha256"] not in files:
            sys.exit(f"{first['patient']}: {entry['file']} is not what was evaluated any more; put it back as it was")
        return Image(files[entry["sha256"]], entry["orientation"])

    truth = acquired(contrast)
    images = {method: Image(out / method / "evaluate" / result["file"], entries[contrast]["orientation"])
              for method, result in made.items()}
    slice = images[methods[0]].fullest()
    planes = {method: image.plane(slice) for method, image in images.items()}
    brain = [[value != 0 for value in row] for row in planes[methods[0]]]
    shown = [("acquired", truth.plane(slice))]
    model = metadata(out / methods[0] / "train/model.safetensors")
    contrasts, ceiling = model["contrasts"].split(","), json.loads(model["normalisation"])["ceiling"]
    others = [name for name in contrasts if name != contrast and name in entries]
    sources = {name: acquired(name) for name in others}
    if all(image.grid == truth.grid for image in sources.values()):
        normalised = {
            name: [[min(max(0, value) / entries[name]["scale"], ceiling) for value in row]
                   for row in image.plane(slice)]
            for name, image in sources.items()}
        back = entries[contrast]["scale"]
        baselines = made[methods[0]]["baselines"]
        copy = baselines["bestCopy"]
        drawn = [(f"copy of {copy}", normalised[copy], baselines["copies"][copy])]
        places = [contrasts.index(name) for name in others]
        regression = next((r for r in json.loads(model["regressions"])
                           if r["target"] == contrasts.index(contrast) and r["inputs"] == places), None)
        if regression:
            drawn.append(("regression", regressed(regression, [normalised[name] for name in others]),
                          baselines["regression"]))
        shown += [(f"{title}, {scores['nmse_brain']:.4f}",
                   inside([[value * back for value in row] for row in rows], brain))
                  for title, rows, scores in drawn]
    for method in methods:
        inputs, error = made[method]["inputs"], made[method]["scores"]["nmse_brain"]
        source = f" from {inputs[0]}" if len(inputs) == 1 else ""
        shown.append((f"{method}{source}, {error:.4f}", planes[method]))
    return [(title, cropped(rows, brain)) for title, rows in shown]


def by_hash(folder):
    """Images below a folder by the SHA-256 of their files."""
    paths = (os.path.join(place, name) for place, _, names in os.walk(folder, followlinks=True) for name in names
             if name.endswith((".nii", ".nii.gz")))
    return {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in map(pathlib.Path, paths)}


def gallery(tests, out, methods, patients):
    """For every test patient a line of pictures for every contrast, with the NMSE of the whole brain; `patients` are
    records by name and method."""
    files = by_hash(tests)
    order = json.loads((out / methods[0] / "model.json").read_text())["contrasts"]
    parts = []
    for patient, records in patients.items():
        lines = []
        for contrast in order:
            shown = line(files, out, methods, records, contrast)
            values = sorted(value for row in shown[0][1] for value in row if value > 0) or [1]
            top = values[int(0.995 * (len(values) - 1))]
            figures = "".join(
                f'<figure><img alt="{html.escape(f"{contrast}: {title}")}" src="{png(rows, top)}">'
                f"<figcaption>{html.escape(title)}</figcaption></figure>" for title, rows in shown)
            lines.append(f"<h4>{html.escape(contrast)}</h4><div class='row pictures'>{figures}</div>")
        opened = " open" if not parts else ""
        parts.append(f"<details{opened}><summary>{html.escape(patient)}</summary>{''.join(lines)}</details>")
    return "".join(parts)
