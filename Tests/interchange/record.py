"""Records Tests/Fixtures/onnx: small networks as PyTorch writes them, with inputs and outputs, and one's state dict.

Usage, with torch, onnx and onnxscript installed: python Tests/interchange/record.py Tests/Fixtures/onnx
"""
import sys

import numpy
import onnx
import torch
import torch.nn.functional as F
from torch import nn

import safetensors


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 3, 5, padding=2), nn.Conv2d(3, 4, 3)
        self.fc1, self.fc2 = nn.Linear(4, 10), nn.Linear(10, 5)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = torch.max_pool2d(torch.relu(self.conv2(x)), 2)
        return torch.softmax(self.fc2(torch.relu(self.fc1(x.view(x.size(0), -1)))), 1)


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm2d(outputs), nn.BatchNorm2d(outputs)
        self.down = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)) if stride > 1 else nn.Identity()

    def forward(self, x):
        return torch.relu(self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))) + self.down(x))


class ResNet(nn.Sequential):
    def __init__(self):
        super().__init__(Residual(3, 3, 1), Residual(3, 4, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(1), nn.Linear(4, 3))


class Blocks(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Conv2d(2, 3, 3, 1, 1), *[Residual(3, 3, 1) for _ in range(4)], nn.Flatten(1), nn.Linear(75, 2))


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.lstm, self.fc = nn.Embedding(11, 6), nn.LSTM(6, 5, batch_first=True), nn.Linear(5, 4)

    def forward(self, x):
        hidden, (last, _) = self.lstm(self.embedding(x))
        return self.fc(hidden), last[-1]


class BothWays(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru, self.fc = nn.GRU(3, 4, batch_first=True, bidirectional=True), nn.Linear(8, 2)

    def forward(self, x):
        return self.fc(self.gru(x)[0][:, -1])


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.place = nn.Parameter(torch.randn(1, 5, 8) / 8)
        self.block = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu", norm_first=True)
        self.fc = nn.Linear(8, 3)

    def forward(self, x):
        return self.fc(self.block(x + self.place).mean(1))


class Causal(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm, self.qkv, self.out = nn.LayerNorm(8), nn.Linear(8, 24), nn.Linear(8, 8)

    def forward(self, x):
        n, length, width = x.shape
        q, k, v = [part.view(n, length, 2, width // 2).transpose(1, 2) for part in self.qkv(self.norm(x)).split(width, 2)]
        found = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return x + self.out(found.transpose(1, 2).contiguous().view(n, length, width))


class Patches(nn.Module):
    def __init__(self):
        super().__init__()
        self.cut, self.head = nn.Conv2d(3, 8, 4, 4), nn.Linear(8, 3)
        self.first, self.place = nn.Parameter(torch.randn(1, 1, 8)), nn.Parameter(torch.randn(1, 5, 8))

    def forward(self, x):
        x = self.cut(x).flatten(2).transpose(1, 2)
        return self.head((torch.cat([self.first.expand(x.size(0), -1, -1), x], 1) + self.place)[:, 0])


class Mixture(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm, self.up, self.slope = nn.GroupNorm(2, 4), nn.Upsample(scale_factor=2), nn.PReLU(4)
        self.along, self.grow = nn.Conv1d(4, 3, 3, padding=1), nn.ConvTranspose2d(4, 4, 2, 2)

    def forward(self, x):
        y = self.slope(self.grow(self.up(self.norm(x))))
        y = F.interpolate(F.silu(y) * F.hardswish(y), size=(3, 5))
        pooled = F.avg_pool2d(F.pad(y, (1, 2, 0, 1)), 3, 2, 1, ceil_mode=True)
        return pooled, torch.logsumexp(self.along(y.flatten(2)), 1)


class Layers(nn.Module):
    """One of each layer whose weights docs/INTERCHANGE.md renames."""

    def __init__(self):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4)
        self.lstm, self.attention = nn.LSTM(4, 6, batch_first=True), nn.MultiheadAttention(6, 2, batch_first=True)
        self.norm, self.fc = nn.LayerNorm(6), nn.Linear(6, 3)

    def forward(self, x):
        y = torch.relu(self.bn(self.conv(x)))
        y = self.lstm(y.mean(3).transpose(1, 2))[0]
        return self.fc(self.norm(y + self.attention(y, y, y)[0]))


def settled(module):
    """Weights unlike those that layers start with, and the mode of use."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(torch.randn_like(parameter) / 5)
        for layer in module.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.running_mean.normal_(0, 0.3)
                layer.running_var.uniform_(0.5, 1.5)
    return module.eval()


def outputs(module, x):
    made = module(x)
    made = made if isinstance(made, tuple) else (made,)
    return {f"y{index}": numpy.ascontiguousarray(value.detach().numpy()) for index, value in enumerate(made)}


def export(module, x, names, path, kind):
    common = {"input_names": ["x"], "output_names": names, "verbose": False}
    if kind == "open":
        torch.onnx.export(module, (x,), path, dynamo=False, opset_version=17, dynamic_axes={name: {0: "batch"} for name in ["x"] + names}, **common)
    elif kind == "fixed":
        torch.onnx.export(module, (x[:1],), path, dynamo=False, opset_version=13, **common)
    else:
        shapes = ({0: torch.export.Dim("batch", min=1, max=512)},)
        torch.onnx.export(module, (x,), path, dynamo=True, dynamic_shapes=shapes, external_data=False, **common)
        file = onnx.load(path)
        for node in file.graph.node:
            del node.metadata_props[:]
        for value in list(file.graph.input) + list(file.graph.output) + list(file.graph.initializer):
            del value.metadata_props[:]
        del file.graph.value_info[:], file.metadata_props[:], file.graph.metadata_props[:], file.functions[:]
        onnx.save(file, path)


def record(folder, name, make, x, kinds):
    module = settled(make())
    made = outputs(module, x)
    safetensors.save(f"{folder}/{name}.safetensors", {"x": x.numpy(), **made})
    for kind in kinds:
        export(module, x, list(made), f"{folder}/{name}.{kind}.onnx", kind)


def main(folder):
    torch.manual_seed(0)
    real = lambda *shape: torch.randn(3, *shape)
    networks = [
        ("lenet", LeNet, real(1, 10, 10), ["open", "fixed", "traced"]), ("resnet", ResNet, real(3, 6, 6), ["open"]),
        ("tagger", Tagger, torch.randint(0, 11, (3, 7)), ["open", "fixed"]), ("bothways", BothWays, real(6, 3), ["fixed"]),
        ("transformer", Transformer, real(5, 8), ["open"]), ("causal", Causal, real(5, 8), ["traced"]),
        ("patches", Patches, real(3, 8, 8), ["open"]), ("mixture", Mixture, real(4, 5, 6), ["traced"]),
    ]
    for network in networks:
        record(folder, *network)
    module, x = settled(Layers()), real(1, 5, 4)
    safetensors.save(f"{folder}/layers.safetensors", {"x": x.numpy(), **outputs(module, x)})
    state = {name: numpy.ascontiguousarray(value.numpy()) for name, value in module.state_dict().items() if value.dim() > 0}
    safetensors.save(f"{folder}/layers.state.safetensors", state)
    record(folder, "blocks", Blocks, real(2, 5, 5), ["open"])


main(sys.argv[1])
