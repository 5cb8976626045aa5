"""PyTorch's nn.GRU and nn.LSTM, for one step nn.GRUCell and nn.LSTMCell, which are faster there. Training asks for the gradients of the weights, not of the input; the outputs' gradient is given."""

import numpy

from case_files import read_case
from engines.service import serve


def load(threads):
    import torch

    torch.set_num_threads(threads)
    modules = {"gru": (torch.nn.GRU, torch.nn.GRUCell), "lstm": (torch.nn.LSTM, torch.nn.LSTMCell)}

    class Prepared:
        def __init__(self, case, folder):
            inputs, gradient, weights = read_case(case, folder)
            self.case = case
            step = case.work == "step"
            self.module = modules[case.cell][step](case.input, case.hidden)
            with torch.no_grad():
                for name, tensor in weights.items():
                    getattr(self.module, name if step else f"{name}_l0").copy_(torch.from_numpy(tensor))
            self.inputs, self.gradient = torch.from_numpy(inputs), torch.from_numpy(gradient)
            self.run = {"forward": self.forward, "training": self.training, "step": self.step}[case.work]
            self.input, self.state = self.inputs[0], None

        def forward(self):
            with torch.inference_mode():
                return self.module(self.inputs)[0]

        def training(self):
            self.module.zero_grad(set_to_none=True)
            output = self.module(self.inputs)[0]
            output.backward(self.gradient)
            return output

        def step(self):
            with torch.inference_mode():
                self.state = self.module(self.input, self.state)
            return self.state[0] if self.case.cell == "lstm" else self.state

        def outputs(self):
            if self.case.work == "step":
                values = []
                for row in self.inputs:
                    self.input = row
                    values.append(self.step().numpy().ravel())
                return numpy.concatenate(values)
            values = [self.run().detach().numpy().ravel()]
            if self.case.work == "training":
                values += [parameter.grad.numpy().ravel() for parameter in self.module.parameters()]
            return numpy.concatenate(values)

    return {"version": torch.__version__}, Prepared


serve(load)
