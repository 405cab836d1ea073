"""Converts deepbet's two networks (MIT; the wheel's data/models/bbox_model.pt and model.pt)
to the file that BrainExtraction reads.

    pip download --no-deps deepbet==1.0.2 && unzip deepbet-1.0.2-*.whl -d deepbet
    python Tests/CrossChecks/brain_weights.py deepbet/data/models Pipelines/models/brain/deepbet-1.0.2.safetensors

Names are this project's. Filters lie [z][y][x][in][out] with x along a volume's first storage axis. PyTorch's tensors
have that axis first, so the three spatial axes are exchanged. Biases in front of an instance norm are subtracted again
with the mean: left out.
"""

import hashlib
import json
import struct
import sys
import warnings

import numpy as np
import torch

NETWORKS = {"box": "bbox_model.pt", "brain": "model.pt"}
CHECKSUM = "collagan.sha256"
METADATA = {
    "format": "brain-network 1",
    "source": "deepbet 1.0.2, https://github.com/wwu-mmll/deepbet: data/models/bbox_model.pt (box), model.pt (brain)",
    "license": "MIT, copyright (c) 2023 Medical Machine Learning Lab - University of Münster",
    "citation": "Fisch L., Zumdick S., Barkhau C., Emden D., Ernsting J., Leenings R., Sarink K., Winter N.R., "
                "Risse B., Dannlowski U., Hahn T.: deepbet: Fast brain extraction of T1-weighted MRI using "
                "Convolutional Neural Networks. Computers in Biology and Medicine 179 (2024) 108845, "
                "doi:10.1016/j.compbiomed.2024.108845",
}
# Theirs, ours, whether the convolution is a transposed one.
LAYERS = [("init.0", "stem", False)]
for level in range(4):
    for block in range(2):
        for place, number in enumerate((0, 3)):
            LAYERS.append((f"down{level}.block{block + 1}.double_conv.{number}",
                           f"encoder.{level}.block{block}.convolution{place}", False))
    if level:
        LAYERS.append((f"down{level}.block1.downsample.0", f"encoder.{level}.block0.shortcut", False))
    LAYERS += [(f"up{level}.conv1.0", f"decoder.{level}.reduce", False),
               (f"up{level}.tp_conv.0", f"decoder.{level}.expand", True),
               (f"up{level}.conv2.0", f"decoder.{level}.restore", False)]
LAYERS += [("tp_conv1.0", "head.expand", True), ("conv.0", "head.convolution", False),
           ("tp_conv2", "head.classes", True)]
WITHOUT_EFFECT = {"tp_conv1.0.bias", "conv.0.bias"}


def tensors(folder):
    result = {}
    for network, file in NETWORKS.items():
        state = torch.jit.load(f"{folder}/{file}", map_location="cpu").state_dict()
        left = set(state) - WITHOUT_EFFECT
        for theirs, ours, transposed in LAYERS:
            weight = state[f"{theirs}.weight"].numpy()
            # [out][in][i][j][k], or [in][out][i][j][k] where transposed.
            result[f"{network}.{ours}.weight"] = weight.transpose((4, 3, 2, 0, 1) if transposed else (4, 3, 2, 1, 0))
            left.remove(f"{theirs}.weight")
        result[f"{network}.head.classes.bias"] = state["tp_conv2.bias"].numpy()
        left.remove("tp_conv2.bias")
        assert not left, left
    return result


def encode(tensors, metadata):
    """A safetensors file with the checksum that the reader asks for: SHA-256 of the file with zeros in its place."""
    entries = {"__metadata__": {**metadata, CHECKSUM: "0" * 64}}
    values, offset = [], 0
    for name, value in sorted(tensors.items()):
        data = np.ascontiguousarray(value, "<f4").tobytes()
        entries[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [offset, offset + len(data)]}
        values.append(data)
        offset += len(data)
    header = json.dumps(entries, separators=(",", ":"), ensure_ascii=False).encode()
    header += b" " * (-len(header) % 8)
    whole = struct.pack("<Q", len(header)) + header + b"".join(values)
    digits = hashlib.sha256(whole).hexdigest().encode()
    return whole.replace(b'"%s":"%s"' % (CHECKSUM.encode(), b"0" * 64), b'"%s":"%s"' % (CHECKSUM.encode(), digits), 1)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    converted = tensors(sys.argv[1])
    with open(sys.argv[2], "wb") as file:
        file.write(encode(converted, METADATA))
    print(f"{len(converted)} tensors, {sum(v.size for v in converted.values())} values")
