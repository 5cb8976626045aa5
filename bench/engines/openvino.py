"""OpenVINO on the CPU in f32, with tensors bound once; a step's two requests write each other's state."""

import numpy

from case_files import read_case
from engines.service import serve


def load(threads):
    import openvino

    core = openvino.Core()
    options = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}

    def tensor(array):
        return openvino.Tensor(array, shared_memory=True)

    class Prepared:
        def __init__(self, case, folder):
            self.inputs, _, _ = read_case(case, folder)
            self.case = case
            self.model = core.compile_model(folder / "model.onnx", "CPU", options)
            if case.work == "step":
                names = ["h", "c"] if case.cell == "lstm" else ["h"]
                self.input = self.inputs[:1].copy()
                self.states = [{name: numpy.zeros((1, case.batch, case.hidden), "f") for name in names} for _ in range(2)]
                self.requests = [self.bind(*states) for states in (self.states, self.states[::-1])]
                self.run = self.step
            else:
                self.output = numpy.zeros((case.steps, 1, case.batch, case.hidden), "f")
                self.request = self.model.create_infer_request()
                self.request.set_tensor("x", tensor(self.inputs))
                self.request.set_tensor("y", tensor(self.output))
                self.run = self.sequence

        def bind(self, before, after):
            request = self.model.create_infer_request()
            request.set_tensor("x", tensor(self.input))
            for name in before:
                request.set_tensor(name, tensor(before[name]))
                request.set_tensor(f"next_{name}", tensor(after[name]))
            return request

        def sequence(self):
            self.request.infer(share_outputs=True)

        def step(self):
            self.requests[0].infer(share_outputs=True)
            self.requests.reverse()

        def outputs(self):
            if self.case.work != "step":
                self.run()
                return self.output.ravel()
            values = []
            for index, row in enumerate(self.inputs):
                self.input[:] = row[None]
                self.step()
                values.append(self.states[(index + 1) % 2]["h"].ravel().copy())
            return numpy.concatenate(values)

    return {"version": openvino.__version__.split("-")[0]}, Prepared


serve(load)
