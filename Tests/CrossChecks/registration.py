"""Measures the registration on real heads against known answers, with elastix and greedy as judges:
docs/benchmarks/registration.md.

    registration.sh --raw RAW --glioma GLIOMA [--judges] [--json FILE] [--threads N]

RAW holds the raw sessions of openms with their reference transforms, GLIOMA the skull-stripped patients. Everything is
compared where it matters: at the corners of the brain's box, in mm. Exit status 1 where a bar is missed.
"""

import argparse
import itertools
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import nibabel as nib
import numpy as np
from scipy import ndimage

TRIAL = os.environ.get("REGISTRATION_TRIAL", "")
LPS = np.diag([-1.0, -1, 1, 1])
ELASTIX = """
(FixedInternalImagePixelType "float") (MovingInternalImagePixelType "float") (UseDirectionCosines "true")
(Registration "MultiResolutionRegistration") (Interpolator "LinearInterpolator") (Resampler "DefaultResampler")
(ResampleInterpolator "FinalBSplineInterpolator") (FixedImagePyramid "FixedSmoothingImagePyramid")
(MovingImagePyramid "MovingSmoothingImagePyramid") (Optimizer "AdaptiveStochasticGradientDescent")
(Transform "EulerTransform") (Metric "AdvancedMattesMutualInformation") (AutomaticTransformInitialization "true")
(AutomaticTransformInitializationMethod "CenterOfGravity") (AutomaticScalesEstimation "true")
(NumberOfHistogramBins 32) (NumberOfResolutions 3) (MaximumNumberOfIterations 300) (ImageSampler "RandomCoordinate")
(NumberOfSpatialSamples 4096) (NewSamplesEveryIteration "true") (RequiredRatioOfValidSamples 0.1)
(WriteResultImage "false") (DefaultPixelValue 0)
"""


def apply(transform, points):
    return points @ transform[:3, :3].T + transform[:3, 3]


def rigid(degrees, shift, centre):
    x, y, z = np.radians(degrees)
    rx = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    ry = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    rz = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    transform = np.eye(4)
    transform[:3, :3] = rz @ rx @ ry
    transform[:3, 3] = shift + centre - transform[:3, :3] @ centre
    return transform


def drawn(rng, degrees, shift, centre):
    """A motion about a random axis and along a random direction."""
    a, b = rng.normal(size=3), rng.normal(size=3)
    return rigid(a / np.linalg.norm(a) * degrees, b / np.linalg.norm(b) * shift, centre)


def itk(path):
    """An ITK transform file as 4 x 4, RAS."""
    lines = dict(line.split(": ", 1) for line in path.read_text().splitlines() if ": " in line)
    numbers = np.array(lines["Parameters"].split(), float)
    centre = np.array(lines["FixedParameters"].split(), float)
    transform = np.eye(4)
    transform[:3, :3] = numbers[:9].reshape(3, 3)
    transform[:3, 3] = numbers[9:] + centre - transform[:3, :3] @ centre
    return LPS @ transform @ LPS


def box(points):
    low, high = points.min(0), points.max(0)
    return np.array(list(itertools.product(*zip(low, high))))


def nearest_rigid(transform, points):
    """The rigid map closest to an affine one at some points (Arun, Huang & Blostein 1987)."""
    moved = apply(transform, points)
    u, _, vt = np.linalg.svd((points - points.mean(0)).T @ (moved - moved.mean(0)))
    rotation = vt.T @ np.diag([1, 1, np.sign(np.linalg.det(vt.T @ u.T))]) @ u.T
    result = np.eye(4)
    result[:3, :3] = rotation
    result[:3, 3] = moved.mean(0) - rotation @ points.mean(0)
    return result


def middle(image):
    return apply(image.affine, (np.array(image.shape) - 1) / 2)


class Judge:
    """Runs a program on a pair; counts its answers."""

    def __init__(self, folder, threads):
        self.folder, self.threads = folder, threads

    def own(self, fixed, moving):
        done = subprocess.run([TRIAL, fixed, moving, str(self.threads)], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"registration-trial failed on {fixed}, {moving}: {done.stderr}")
        answer = json.loads(done.stdout)
        return np.array(answer["matrix"]), answer

    def greedy(self, fixed, moving):
        """Rigid by normalised mutual information, from the images' centres (picsl_greedy, in a process of its own)."""
        result = self.folder / "greedy.mat"
        result.unlink(missing_ok=True)
        command = (f"-d 3 -a -dof 6 -m NMI -i {fixed} {moving} -ia-image-centers -n 100x100x50 -threads {self.threads}"
                   f" -o {result}")
        program = f"from picsl_greedy import Greedy3D; Greedy3D().execute({command!r})"
        began, used = time.time(), os.times()
        subprocess.run([sys.executable, "-c", program], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        done = os.times()
        answer = {"seconds": time.time() - began, "processorSeconds": sum(done[2:4]) - sum(used[2:4])}
        # In RAS, a place of the fixed image to the moving one's.
        return (np.loadtxt(result) if result.exists() else None), answer

    def elastix(self, fixed, moving):
        parameters = self.folder / "rigid.txt"
        parameters.write_text(ELASTIX.replace(") (", ")\n("))
        out = self.folder / "elastix"
        out.mkdir(exist_ok=True)
        result = out / "TransformParameters.0.txt"
        result.unlink(missing_ok=True)
        began, used = time.time(), os.times()
        subprocess.run(
            ["elastix", "-f", fixed, "-m", moving, "-p", parameters, "-out", out, "-threads", str(self.threads)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        done = os.times()
        answer = {"seconds": time.time() - began}
        answer["processorSeconds"] = sum(done[2:4]) - sum(used[2:4])
        if not result.exists():
            return None, answer
        text = result.read_text()
        values = {
            key: np.array(text.split(f"({key} ")[1].split(")")[0].split(), float)
            for key in ("TransformParameters", "CenterOfRotationPoint")
        }
        x = values["TransformParameters"]
        transform = rigid(np.degrees(x[:3]), x[3:], values["CenterOfRotationPoint"])
        return LPS @ transform @ LPS, answer


def raw_pairs(raw):
    """Every pair of the sessions' contrasts with the true map from the fixed to the moving one, and the brain's box."""
    for session in sorted(p for p in raw.iterdir() if p.is_dir()):
        to = {name: itk(session / f"{name}_to_FLAIR.txt") for name in ("T1W", "T2W")} | {"FLAIR": np.eye(4)}
        mask = nib.load(session / "brainmask_common_space.nii.gz")
        voxels = np.argwhere(np.asanyarray(mask.dataobj) > 0)
        brain = apply(itk(session / "FLAIR_to_common_space.txt"), apply(mask.affine, voxels))
        for fixed, moving in (("FLAIR", "T1W"), ("FLAIR", "T2W"), ("T2W", "T1W")):
            truth = to[moving] @ np.linalg.inv(to[fixed])
            corners = box(apply(to[fixed], brain))
            yield session.name, fixed, moving, session / f"{fixed}.nii.gz", session / f"{moving}.nii.gz", truth, corners


def moved_header(path, motion, target):
    image = nib.load(path)
    nib.Nifti1Image(np.asanyarray(image.dataobj), motion @ image.affine).to_filename(target)
    return target


def scanned_anew(path, motion, plane, rng, target):
    """The image after a motion, in 5 mm slices in another plane, with a bias and noise."""
    image = nib.load(path)
    values = np.maximum(image.get_fdata(dtype=np.float32), 0)
    centre = middle(image)
    axes = [np.eye(3), np.eye(3)[:, [0, 2, 1]], np.eye(3)[:, [1, 2, 0]]][plane]
    size = [[240, 240, 34], [240, 200, 44], [240, 200, 40]][plane]
    affine = np.eye(4)
    affine[:3, :3] = axes * [0.95, 0.95, 5]
    affine[:3, 3] = apply(motion, centre) - affine[:3, :3] @ ((np.array(size) - 1) / 2)
    result = 0
    for offset in np.linspace(-2, 2, 5):
        thin = affine.copy()
        thin[:3, 3] += offset * axes[:, 2]
        m = np.linalg.inv(image.affine) @ np.linalg.inv(motion) @ thin
        result = result + ndimage.affine_transform(values, m[:3, :3], m[:3, 3], output_shape=size, order=1) / 5
    direction = rng.normal(size=3)
    grid = np.stack(np.meshgrid(*[np.linspace(-1, 1, n) for n in size], indexing="ij"))
    field = np.tensordot(direction / np.linalg.norm(direction), grid, 1)
    result = result * np.exp(0.25 * field)
    inside = result > 0
    noise = rng.normal(size=size) * 0.03 * np.percentile(values[values > 0], 90)
    nib.Nifti1Image(np.where(inside, np.abs(result + noise), 0).astype(np.float32), affine).to_filename(target)
    return target


def mirrored(path, target):
    image = nib.load(path)
    right = int(np.argmax(np.abs(image.affine[0, :3])))
    nib.Nifti1Image(np.flip(np.asanyarray(image.dataobj), right), image.affine).to_filename(target)
    return target


class Table:
    def __init__(self, judges):
        self.judges, self.rows = judges, []

    def run(self, group, name, fixed, moving, truth, corners):
        row = {"group": group, "name": name}
        if truth is not None:
            # What no rigid map can do better where the known answer is affine.
            rest = np.linalg.norm(apply(nearest_rigid(truth, corners), corners) - apply(truth, corners), axis=1)
            row["nearestRigid"] = {"mean": rest.mean(), "worst": rest.max()}
        for judge, function in self.judges.items():
            found, answer = function(fixed, moving)
            row[judge] = {key: answer[key] for key in ("seconds", "processorSeconds")}
            if truth is not None and found is not None:
                errors = np.linalg.norm(apply(found, corners) - apply(truth, corners), axis=1)
                row[judge] |= {"mean": errors.mean(), "worst": errors.max()}
            if judge == "own":
                row[judge] |= {k: answer[k] for k in ("verdict", "doubts", "checks", "hadManyStarts")}
        self.rows.append(row)
        print(json.dumps(row, default=float), file=sys.stderr, flush=True)

    def lines(self):
        for group in dict.fromkeys(row["group"] for row in self.rows):
            rows = [row for row in self.rows if row["group"] == group]
            for judge in self.judges:
                parts = [row[judge] for row in rows if judge in row]
                known = [p for p in parts if "mean" in p]
                line = f"{group:34} {judge:8} n {len(parts):2}"
                if known:
                    line += (f"  mean {np.mean([p['mean'] for p in known]):6.2f}"
                             f"  worst {max(p['worst'] for p in known):6.2f} mm")
                line += (f"  {np.median([p['processorSeconds'] for p in parts]):5.1f} s of a processor,"
                         f" {np.median([p['seconds'] for p in parts]):5.1f} s")
                if judge == "own":
                    verdicts = [p["verdict"] for p in parts]
                    line += "  " + ", ".join(f"{v} {verdicts.count(v)}" for v in sorted(set(verdicts)))
                    for key, text in (("forwardBackward", "f/b"), ("sharpness", "sharp"), ("mirror", "mirror")):
                        values = [p["checks"][key] for p in parts]
                        line += f"  {text} {min(values):.2f}-{max(values):.2f}"
                yield line


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--raw", type=pathlib.Path, required=True)
    parser.add_argument("--glioma", type=pathlib.Path)
    parser.add_argument("--patients", type=int, default=10)
    parser.add_argument("--judges", action="store_true", help="elastix and greedy, too")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        judge = Judge(folder, options.threads)
        judges = {"elastix": judge.elastix, "greedy": judge.greedy} if options.judges else {}
        table = Table({"own": judge.own} | judges)
        moving = folder / "moving.nii.gz"
        wanted = lambda group: not options.only or any(group.startswith(o) for o in options.only)
        pairs = list(raw_pairs(options.raw))
        for group, degrees, shift in (("raw as is", 0, 0), ("raw 15 deg 20 mm", 15, 20), ("raw 30 deg 40 mm", 30, 40)):
            rng = np.random.default_rng(18)
            for session, f, m, fixed, path, truth, corners in pairs:
                motion = drawn(rng, degrees, shift, middle(nib.load(path)))
                if wanted(group):
                    moved_header(path, motion, moving)
                    table.run(group, f"{session} {m} to {f}", fixed, moving, motion @ truth, corners)
        for number, (session, f, m, fixed, path, truth, corners) in enumerate(pairs):
            if wanted("mirrored"):
                table.run("mirrored", f"{session} {m} to {f}", fixed, mirrored(path, moving), None, None)
            other = next(p[4] for p in pairs if p[0] != session and p[2] == m)
            if wanted("other patient"):
                table.run("other patient", f"{session} {m} to {f}", fixed, other, None, None)
            angle = np.zeros(3)
            angle[number % 3] = 90 if number < 3 else -90
            turn = rigid(angle, np.zeros(3), middle(nib.load(path)))
            if wanted("turned by 90"):
                moved_header(path, turn, moving)
                table.run("turned by 90", f"{session} {m} to {f}", fixed, moving, turn @ truth, corners)
        if options.glioma:
            glioma(options, table, moving, wanted)
        for line in table.lines():
            print(line)
        if options.json:
            options.json.write_text(json.dumps(table.rows, indent=1, default=float))
        return bars(table.rows)


def glioma(options, table, moving, wanted):
    patients = sorted(p for p in options.glioma.iterdir() if p.is_dir())[: options.patients]
    rng = np.random.default_rng(7)
    for number, patient in enumerate(patients):
        files = {c: next(iter(sorted(patient.glob(f"*{c}.nii.gz"))), None) for c in ("T1", "T1Gd", "T2", "FLAIR")}
        fixed = files["T1"]
        image = nib.load(fixed)
        corners = box(apply(image.affine, np.argwhere(np.asanyarray(image.dataobj) > 0)))
        other = patients[(number + 1) % len(patients)]
        for plane, contrast in enumerate(("T1Gd", "T2", "FLAIR")):
            for group, degrees, shift in (("glioma header", (10, 20, 30), (10, 25, 40)), ("glioma 5 mm", (12,), (15,))):
                motion = drawn(rng, degrees[number % len(degrees)], shift[number % len(shift)], middle(image))
                if not wanted(group):
                    continue
                if group == "glioma header":
                    moved_header(files[contrast], motion, moving)
                else:
                    scanned_anew(files[contrast], motion, (number + plane) % 3, rng, moving)
                table.run(f"{group} {contrast}", patient.name, fixed, moving, motion, corners)
        if wanted("glioma mirrored"):
            table.run("glioma mirrored T2", patient.name, fixed, mirrored(files["T2"], moving), None, None)
        if wanted("glioma other"):
            path = next(iter(sorted(other.glob("*T2.nii.gz"))))
            table.run("glioma other patient T2", patient.name, fixed, path, None, None)


def bars(rows):
    """1 where what has to hold does not."""
    missed = 0
    for row in rows:
        own = row["own"]
        limits = {"raw": (np.inf, 1.5)}.get(row["group"].split()[0])
        is_fault = any(word in row["group"] for word in ("mirrored", "other", "turned"))
        if is_fault and own["verdict"] == "good":
            missed += 1
            print(f"MISSED: {row['group']} {row['name']} passes as good")
        if limits and own["worst"] > limits[1]:
            missed += 1
            print(f"MISSED: {row['group']} {row['name']} worst corner {own['worst']:.2f} mm")
    for group, limit in (("raw", 0.8), ("glioma", 0.6)):
        means = [r["own"]["mean"] for r in rows if r["group"].startswith(group) and "mean" in r["own"]]
        if means and np.mean(means) > limit:
            missed += 1
            print(f"MISSED: {group} mean {np.mean(means):.2f} mm")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
