"""Makes the fixtures of BrainExtractionTests by PyTorch, from the wheel of deepbet 1.0.2 and
raw/patient01's FLAIR of openms (CC BY).

    python Tests/CrossChecks/brain_golden.py WHEEL_UNPACKED RAW/patient01_study1/FLAIR.nii.gz Tests/Fixtures/brain

network.safetensors: both networks on a small volume that both sides compute;
    of what each part gives, values some steps apart.
head.nii.gz, head-mask.nii.gz: a head with few voxels, and deepbet's mask of it.
sample-mask.nii.gz: its mask of the sample patient's T1.
"""

import pathlib
import sys
import warnings

import nibabel as nib
import numpy as np
import torch
import torch.nn.functional as F

from brain_weights import LAYERS, NETWORKS, encode

# Voxels along x, y, z: PyTorch's three spatial axes in this order, ours in the reverse one.
SIZE = (96, 32, 64)


def volume():
    i, j, k = np.meshgrid(*map(np.arange, SIZE), indexing="ij")
    return (((i * 73 + j * 151 + k * 199 + i * j * 17 + j * k * 29) % 256) / 128 - 1).astype(np.float32)


class Network:
    """The layers once more, as the traced network hides what lies between them."""

    def __init__(self, path):
        self.traced = torch.jit.load(path, map_location="cpu").eval()
        self.state = self.traced.state_dict()

    def layer(self, name, x, stride=1, padding=0, activate=True, transposed=False):
        weight, bias = self.state[f"{name}.weight"], self.state.get(f"{name}.bias")
        if transposed:
            x = F.conv_transpose3d(x, weight, bias, stride, padding, stride - 1)
        else:
            x = F.conv3d(x, weight, bias, stride, padding)
        x = F.instance_norm(x, eps=1e-5)
        return F.relu(x) if activate else x

    def block(self, name, x, stride):
        y = self.layer(f"{name}.double_conv.0", x, stride, 1)
        y = self.layer(f"{name}.double_conv.3", y, 1, 1, activate=False)
        return F.relu(y + (self.layer(f"{name}.downsample.0", x, stride, activate=False) if stride > 1 else x))

    def parts(self, x):
        y = F.max_pool3d(self.layer("init.0", x, 2, 3), 3, 2, 1)
        skipped = []
        yield "stem", y
        for level in range(4):
            skipped.append(y)
            y = self.block(f"down{level}.block2", self.block(f"down{level}.block1", y, 2 if level else 1), 1)
            yield f"encoder.{level}", y
        for level in range(4):
            y = self.layer(f"up{level}.conv1.0", y)
            y = self.layer(f"up{level}.tp_conv.0", y, 2 if level < 3 else 1, 1, transposed=True)
            y = self.layer(f"up{level}.conv2.0", y) + skipped.pop()
            yield f"decoder.{level}", y
        y = self.layer("conv.0", self.layer("tp_conv1.0", y, 2, 1, transposed=True), 1, 1)
        y = F.conv_transpose3d(y, self.state["tp_conv2.weight"], self.state["tp_conv2.bias"], 2)
        error = (F.softmax(y, 1) - self.traced(x)).abs().max().item()
        assert error < 1e-5, error
        yield "logits", y[:, 1:] - y[:, :1]


def network_fixture(folder, target):
    result = {}
    x = torch.from_numpy(volume())[None, None]
    for network, file in NETWORKS.items():
        for name, value in Network(f"{folder}/data/models/{file}").parts(x):
            # z, y, x, channel
            flat = value[0].detach().numpy().transpose(3, 2, 1, 0).ravel()
            step = max(1, flat.size // (1024 if name == "logits" else 256)) | 1
            result[f"{network}.{name}"] = flat[::step]
    target.write_bytes(encode(
        result, {"format": "every (count ÷ 256 | 1)-th value, of logits every (count ÷ 1024 | 1)-th"}))


def small_head(path):
    """Blocks of voxels averaged to at most 80 along an axis, 8 bit."""
    image = nib.load(path)
    x = image.get_fdata()
    steps = [-(-n // 80) for n in x.shape]
    x = x[tuple(slice(0, n // s * s) for n, s in zip(x.shape, steps))]
    for axis, step in enumerate(steps):
        shape = x.shape[:axis] + (x.shape[axis] // step, step) + x.shape[axis + 1:]
        x = x.reshape(shape).mean(axis + 1)
    affine = image.affine.copy()
    affine[:3, :3] *= steps
    affine[:3, 3] += image.affine[:3, :3] @ [(s - 1) / 2 for s in steps]
    return nib.Nifti1Image(np.clip(np.rint(255 * x / np.percentile(x, 99.9)), 0, 255).astype(np.uint8), affine)


def main():
    warnings.simplefilter("ignore")
    wheel, head, target = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    sys.path.insert(0, wheel)
    from deepbet.bet import BrainExtraction
    network_fixture(wheel, target / "network.safetensors")
    small_head(head).to_filename(target / "head.nii.gz")
    extraction = BrainExtraction(no_gpu=True)
    for image, name in ((target / "head.nii.gz", "head-mask"),
                        ("SampleData/complete/patient26/T1.nii.gz", "sample-mask")):
        image = nib.load(image)
        _, mask, _ = extraction.run(image)
        nib.Nifti1Image(np.asarray(mask.dataobj).astype(np.uint8), image.affine).to_filename(target / f"{name}.nii.gz")


if __name__ == "__main__":
    main()
