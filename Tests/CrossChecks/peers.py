"""The generator in the runtimes that people use on CPUs: what collagan is timed against.

    peers.py --runtime NAME --mode infer|train --ngf N --size N [--batch N] [--repeats N] --threads N

The network is PyTorch's (torch_collagan.py), exported once per width, size and batch; outputs are compared with
PyTorch's eager float32. Prints JSON with the keys of `collagan benchmark --json`, as far as a runtime has them, and
`error`: the largest difference from PyTorch's output divided by that output's largest value.
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile

RUNTIMES = {
    "infer": ["torch", "torch-compile", "torch-bf16", "onnxruntime", "openvino", "openvino-bf16", "ncnn", "mnn"],
    "train": ["torch", "torch-compile", "torch-bf16"],
}


def onnx(folder, model, arguments):
    """PyTorch's generator as an ONNX file of fixed shapes."""
    import torch

    path = f"{folder}/generator.onnx"
    torch.onnx.export(model, arguments, path, input_names=["x", "m"], output_names=["y"], opset_version=18,
                      dynamo=True, external_data=False, verbose=False)
    return path


def torch_runtime(name, model, arguments, options, folder):
    import torch

    x, m = arguments
    if name == "torch":
        return lambda: model(x, m), torch.__version__
    model, x = model.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    if name == "torch-compile":
        compiled = torch.compile(model)
        return lambda: compiled(x, m), torch.__version__

    def run():
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return model(x, m)
    return run, torch.__version__


def onnxruntime_runtime(name, model, arguments, options, folder):
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    session = onnxruntime.InferenceSession(onnx(folder, model, arguments), settings, ["CPUExecutionProvider"])
    inputs = {key: value.numpy() for key, value in zip("xm", arguments)}
    return lambda: session.run(None, inputs)[0], onnxruntime.__version__


def openvino_runtime(name, model, arguments, options, folder):
    import openvino

    compiled = openvino.Core().compile_model(onnx(folder, model, arguments), "CPU", {
        "INFERENCE_NUM_THREADS": options.threads, "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": "bf16" if name.endswith("bf16") else "f32"})
    request = compiled.create_infer_request()
    inputs = [value.numpy() for value in arguments]
    return lambda: request.infer(inputs)[0], openvino.__version__


def ncnn_runtime(name, model, arguments, options, folder):
    import ncnn
    import numpy
    import pnnx

    os.chdir(folder)
    with open(os.devnull, "w") as nothing:
        saved = os.dup(1)
        os.dup2(nothing.fileno(), 1)
        try:
            pnnx.export(model, "generator.pt", arguments)
        finally:
            os.dup2(saved, 1)
    net = ncnn.Net()
    net.opt.num_threads = options.threads
    net.load_param("generator.ncnn.param")
    net.load_model("generator.ncnn.bin")
    x, m = (ncnn.Mat(value[0].numpy()).clone() for value in arguments)

    def run():
        with net.create_extractor() as extractor:
            extractor.input("in0", x)
            extractor.input("in1", m)
            return numpy.array(extractor.extract("out0")[1])[None]
    return run, ncnn.__version__


def mnn_runtime(name, model, arguments, options, folder):
    import MNN
    import MNN.expr
    import MNN.nn

    source = onnx(folder, model, arguments)
    target = f"{folder}/generator.mnn"
    subprocess.run([f"{os.path.dirname(sys.executable)}/mnnconvert", "-f", "ONNX", "--modelFile", source, "--MNNModel",
                    target, "--bizCode", "x"], check=True, stdout=subprocess.DEVNULL)
    manager = MNN.nn.create_runtime_manager(({"backend": "CPU", "precision": "high", "numThread": options.threads},))
    net = MNN.nn.load_module_from_file(target, ["x", "m"], ["y"], runtime_manager=manager)

    def run():
        inputs = []
        for value in arguments:
            variable = MNN.expr.placeholder(list(value.shape), MNN.expr.NCHW)
            variable.write(value.numpy())
            inputs.append(variable)
        return MNN.expr.convert(net.forward(inputs)[0], MNN.expr.NCHW).read()
    return run, MNN.version()


def infer(options, folder):
    import numpy
    import torch
    from torch_collagan import Generator, timed

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    model = Generator(options.ngf).eval()
    arguments = torch.rand(options.batch, 4, options.size, options.size), torch.eye(4)[[0] * options.batch]
    make = {"torch": torch_runtime, "onnxruntime": onnxruntime_runtime, "openvino": openvino_runtime,
            "ncnn": ncnn_runtime, "mnn": mnn_runtime}[options.runtime.split("-")[0]]
    with torch.inference_mode() if options.runtime.startswith("torch") else torch.no_grad():
        expected = model(*arguments).numpy().copy()
        run, version = make(options.runtime, model, arguments, options, folder)
        given = numpy.asarray(run().float() if options.runtime.startswith("torch") else run())
        error = float(abs(given.reshape(expected.shape) - expected).max() / abs(expected).max())
        times = [time / options.batch for time in timed(options.repeats, lambda _: run())]
    return times, error, version


def train(options):
    import torch
    from torch_collagan import Discriminator, Generator, timed, train_step

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    models = [Generator(options.ngf), Discriminator(size=(options.size, options.size))]
    slices = torch.rand(1, 4, options.size, options.size)
    if options.runtime != "torch":
        models = [model.to(memory_format=torch.channels_last) for model in models]
    optimisers = [torch.optim.Adam(model.parameters(), 1e-5, betas=(.5, .999)) for model in models]
    if options.runtime == "torch-compile":
        models = [torch.compile(model) for model in models]

    def step(index):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.runtime == "torch-bf16"):
            train_step(*models, *optimisers, slices, index % 4)
    step(1)
    return timed(options.repeats, step), None, torch.__version__


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runtime", choices=RUNTIMES["infer"], required=True)
    parser.add_argument("--mode", choices=list(RUNTIMES), default="infer")
    parser.add_argument("--ngf", type=int, default=64)
    parser.add_argument("--size", type=int, default=240)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        times, error, version = infer(options, folder) if options.mode == "infer" else train(options)
    print(json.dumps({
        "mode": options.mode, "ngf": options.ngf, "size": options.size, "batch": options.batch,
        "repeats": options.repeats, "median_ms": statistics.median(times), "min_ms": min(times),
        "threads": options.threads, "error": error, "version": version,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
    }))


if __name__ == "__main__":
    main()
