"""Reads a Featherweight model file (.fwm): a decoder of docs/model-file.md, in Python with NumPy.

    python read_model.py model.fwm      prints its layers
    read(open("model.fwm", "rb").read())   gives {"kind", "shape", "classes", "layers": [(name, {part: array})]}
"""

import sys

import numpy as np

NAMES = ["dense", "convolution", "pooling", "activation", "batch normalization", "dropout", "flatten", "table", "skip", "sequence"]
SIZES = [2, 6, 5, 1, 2, 0, 0, 0, 1]
SEQUENCE_SIZES = [4, 3, 2, 2, 3, 1, 2]


class File:
    def __init__(self, data):
        self.data, self.at = memoryview(data), 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise ValueError(f"{count} bytes are wanted at {self.at} of {len(self.data)}")
        self.at += count
        return self.data[self.at - count : self.at]

    def byte(self):
        return self.take(1)[0]

    def count(self):
        value, shift = 0, 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def array(self, kind, count):
        return np.frombuffer(self.take(count * np.dtype(kind).itemsize), kind)

    def bits(self, count):
        return np.unpackbits(self.array("u1", -(-count // 8)), bitorder="little")[:count].astype(bool)


def grid(f, packed):
    return {"scale": f.array("<f4", 1)[0], "zero_point": f.byte(), "top": f.byte() if packed else 255}


def huffman(f, symbols, wanted):
    """A reader of one code's words; calls wanted(symbol) until it says enough."""
    pairs = f.array("u1", -(-symbols // 2))
    lengths = [int(pairs[s // 2]) >> 4 * (s % 2) & 15 for s in range(symbols)]
    words, word = {}, 0
    for length in range(1, 16):
        word <<= 1
        for symbol in range(symbols):
            if lengths[symbol] == length:
                words[length, word] = symbol
                word += 1
    length = word = left = 0
    while True:
        if left == 0:
            byte, left = f.byte(), 8
        left -= 1
        word, length = word << 1 | byte >> left & 1, length + 1
        if (length, word) in words:
            if wanted(words[length, word]):
                return
            length = word = 0


def weights(f, count, kind):
    form, values = f.byte(), np.zeros(count, kind)
    if form == 0:
        return f.array(kind, count)
    if form == 1:
        stored = f.bits(count)
        values[stored] = f.array(kind, int(stored.sum()))
    elif form == 2:
        left, at = f.count(), 0
        while left:
            gap = f.byte()
            at += gap
            if gap < 255:
                values[at] = f.array(kind, 1)[0]
                at, left = at + 1, left - 1
        f.take((count - at) // 255)
    else:
        stored = f.count()
        codebook = f.array("<f4", f.byte() + 1)
        most, places, at = 2 ** f.byte() - 1, [], 0

        def position(zeros):
            nonlocal at
            at += zeros
            if zeros < most:
                places.append(at)
                at += 1
            return len(places) == stored

        huffman(f, most + 1, position)
        indices = []
        huffman(f, len(codebook), lambda index: indices.append(index) or len(indices) == stored)
        values[places] = codebook[indices]
    return values


def packed_weights(f, rows, columns):
    bits, group, scales = f.byte(), f.count(), f.count()
    scale = f.array("<f4", scales)
    zero = f.array("i1", scales) if f.byte() else np.zeros(scales, "i1")
    count, form = rows * columns, f.byte()

    def unpack(count):
        if bits == 1:
            return 2 * f.bits(count).astype("i1") - 1
        places = f.bits(-(-count * bits // 8) * 8)[: count * bits].reshape(count, bits)
        return places @ (1 << np.arange(bits)) - (1 << bits - 1)

    q = np.zeros(count, "i1")
    if form == 0:
        q[:] = unpack(count)
    elif form == 1:
        stored = f.bits(count)
        q[stored] = unpack(int(stored.sum()))
    else:
        bytes_ = f.array("u1", -(-count // 5)).astype(int)
        q[:] = (bytes_[:, None] // 3 ** np.arange(5) % 3 - 1).reshape(-1)[:count]
    place = np.zeros(count, int) if scales == 1 else np.arange(count) // columns // group * columns + np.arange(count) % columns
    real = ((q.astype("f4") - zero[place]) * scale[place]).reshape(rows, columns)
    return {"integers": q.reshape(rows, columns), "scales": scale, "zero_points": zero, "weights": real}


def read(data):
    f = File(data)
    if bytes(f.take(4)) != b"FWM1":
        raise ValueError("it does not begin with FWM1")
    kind = f.byte()
    if kind == 8:
        return {"kind": "ensemble", "members": [read(f.take(f.count())) for _ in range(f.count())]}
    integers, packed = kind & 1, bool(kind & 2)
    height, width, channels, classes = (f.count() for _ in range(4))
    model = {"kind": "integers" if integers else "floats", "shape": (height, width, channels), "classes": classes, "layers": []}
    if integers:
        model["input"] = grid(f, packed)
    for _ in range(f.count()):
        tag = f.byte()
        parts = {}
        operation = f.byte() if tag == 9 else None
        sizes = [f.count() for _ in range(SEQUENCE_SIZES[operation] if tag == 9 else SIZES[tag])]
        if tag in (0, 1):
            rows, columns = sizes if tag == 0 else (sizes[3] * sizes[3] * sizes[2], sizes[5])
            if integers:
                parts["input"] = grid(f, packed)
                flags = f.byte()
                parts["relu"] = bool(flags & 2)
                if flags & 1:
                    parts["output"] = grid(f, packed)
                if packed:
                    parts["bias"] = f.array("<i4", columns)
                    parts |= packed_weights(f, rows, columns)
                else:
                    parts["scales"] = f.array("<f4", f.count())
                    parts["bias"] = f.array("<i4", columns)
                    parts["integers"] = weights(f, rows * columns, "i1").reshape(rows, columns)
            else:
                if packed and f.byte():
                    parts["activation_bits"] = f.byte()
                    parts |= packed_weights(f, rows, columns)
                else:
                    parts["weights"] = weights(f, rows * columns, "<f4").reshape(rows, columns)
                parts["bias"] = f.array("<f4", columns)
        elif tag == 4:
            for part in ("gamma", "beta", "mean", "variance"):
                parts[part] = f.array("<f4", sizes[1])
        elif tag == 5:
            parts["rate"] = f.array("<f4", 1)[0]
        elif tag == 7:
            parts["table"] = f.array("u1", 256)
        elif tag == 8 and integers:
            parts |= {of: grid(f, packed) for of in ("input", "skipped", "output")}
            parts["relu"] = bool(f.byte())
        elif tag == 9 and operation in (1, 2, 3):
            rows, columns = {1: (sizes[0], sizes[-1]), 2: sizes, 3: (2, sizes[-1])}[operation]
            parts["values"] = f.array("<f4", rows * columns).reshape(rows, columns)
        model["layers"].append((NAMES[tag], sizes, parts))
    if f.at != len(f.data):
        raise ValueError(f"{len(f.data) - f.at} bytes follow its end")
    return model


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        found = read(file.read())
    for number, member in enumerate(found.get("members", [found])):
        print(member["kind"], member["shape"], member["classes"], "classes")
        for name, sizes, parts in member["layers"]:
            shown = {part: getattr(value, "shape", value) for part, value in parts.items()}
            print(" ", name, *sizes, *(f"{part} {value}" for part, value in shown.items()))
