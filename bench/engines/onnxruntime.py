"""ONNX Runtime on the CPU, with inputs and outputs bound once; a step's two bindings write each other's state."""

import numpy

from case_files import read_case
from engines.service import serve


def load(threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    wrap = onnxruntime.OrtValue.ortvalue_from_numpy

    class Prepared:
        def __init__(self, case, folder):
            self.inputs, _, _ = read_case(case, folder)
            self.case = case
            self.session = onnxruntime.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])
            self.invoke = self.session.run_with_iobinding
            if case.work == "step":
                names = ["h", "c"] if case.cell == "lstm" else ["h"]
                self.input = wrap(self.inputs[:1].copy())
                self.states = [{name: wrap(numpy.zeros((1, case.batch, case.hidden), "f")) for name in names} for _ in range(2)]
                self.bindings = [self.bind(*states) for states in (self.states, self.states[::-1])]
                self.run = self.step
            else:
                self.output = wrap(numpy.zeros((case.steps, 1, case.batch, case.hidden), "f"))
                binding = self.session.io_binding()
                binding.bind_ortvalue_input("x", wrap(self.inputs))
                binding.bind_ortvalue_output("y", self.output)
                self.run = lambda: self.invoke(binding)

        def bind(self, before, after):
            binding = self.session.io_binding()
            binding.bind_ortvalue_input("x", self.input)
            for name in before:
                binding.bind_ortvalue_input(name, before[name])
                binding.bind_ortvalue_output(f"next_{name}", after[name])
            return binding

        def step(self):
            self.invoke(self.bindings[0])
            self.bindings.reverse()

        def outputs(self):
            if self.case.work != "step":
                self.run()
                return self.output.numpy().ravel()
            values = []
            for index, row in enumerate(self.inputs):
                self.input.update_inplace(row[None])
                self.step()
                values.append(self.states[(index + 1) % 2]["h"].numpy().ravel().copy())
            return numpy.concatenate(values)

    return {"version": onnxruntime.__version__}, Prepared


serve(load)
