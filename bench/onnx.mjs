// The networks as ONNX models: in float, and quantized in the form that onnxruntime's `quantize_static` writes (QDQ):
// int8 weights symmetric and per channel, uint8 activations, int32 biases, and a QuantizeLinear/DequantizeLinear pair on
// each activation. ONNX Runtime fuses the pairs and the operator between them into its integer kernels.
//
// A dense layer may be written in two forms, `gemm` and `matmul` (with an Add); neither is always the faster. Weights are
// stored inputs x outputs: those of a Gemm with transB are not packed when they are loaded, which costs int8 half its speed.
import proto from "onnx-proto";
import { forward } from "./networks.mjs";

const { AttributeProto, ModelProto, TensorProto } = proto.onnx;
const TYPES = {
  float: [TensorProto.DataType.FLOAT, Float32Array],
  int8: [TensorProto.DataType.INT8, Int8Array],
  uint8: [TensorProto.DataType.UINT8, Uint8Array],
  int32: [TensorProto.DataType.INT32, Int32Array],
};

/** Collects a graph's nodes and constants. */
class Graph {
  nodes = [];
  constants = [];

  constant(name, type, dims, values) {
    const [dataType, Store] = TYPES[type];
    const rawData = new Uint8Array(Store.from(values).buffer);
    this.constants.push(TensorProto.create({ name, dataType, dims, rawData }));
    return name;
  }

  node(opType, input, output, attributes = {}) {
    const attribute = Object.entries(attributes).map(([name, value]) =>
      Array.isArray(value)
        ? { name, type: AttributeProto.AttributeType.INTS, ints: value }
        : { name, type: AttributeProto.AttributeType.INT, i: value },
    );
    this.nodes.push({ opType, name: output, input, output: [output], attribute });
    return output;
  }

  /** The model's file. */
  encode(shape, result) {
    const value = (name, dims) => ({
      name,
      type: { tensorType: { elemType: TYPES.float[0], shape: { dim: dims.map((d) => (d === "N" ? { dimParam: d } : { dimValue: d })) } } },
    });
    const graph = {
      name: "network",
      node: this.nodes,
      initializer: this.constants,
      input: [value("x", ["N", ...shape])],
      output: [value(result, ["N", 10])],
    };
    return ModelProto.encode(ModelProto.create({ irVersion: 8, opsetImport: [{ domain: "", version: 13 }], graph })).finish();
  }
}

/** The two ways to write a dense layer. */
export const FORMS = ["gemm", "matmul"];

/** A layer's weights as ONNX wants them: filters x channels x kernel x kernel, or inputs x outputs; and the outputs' axis. */
function arranged(layer, values) {
  if (layer.kind === "conv") return { dims: [layer.filters, layer.channels, layer.kernel, layer.kernel], values, axis: 0 };
  const { inputs, outputs } = layer;
  const turned = values.map((_, at) => values[(at % outputs) * inputs + Math.floor(at / outputs)]);
  return { dims: [inputs, outputs], values: turned, axis: 1 };
}

/** The layer's own operator, from these inputs. `between` stands between the product and the sum of a `matmul`. */
function operator(graph, layer, form, inputs, output, between = (x) => x) {
  if (layer.kind === "pool") return graph.node("MaxPool", inputs, output, { kernel_shape: [2, 2], strides: [2, 2] });
  if (layer.kind === "conv") return graph.node("Conv", inputs, output, { kernel_shape: [layer.kernel, layer.kernel] });
  if (form === "gemm") return graph.node("Gemm", inputs, output);
  const [x, weights, bias] = inputs;
  return graph.node("Add", [between(graph.node("MatMul", [x, weights], `${output}_product`)), bias], output);
}

/** The dense layers that follow images take them flattened. */
const flattens = (network, index) => network.layers[index].kind === "dense" && network.layers[index - 1]?.kind === "pool";

/** The network in float. */
export function floatModel(network, weights, form) {
  const graph = new Graph();
  let x = "x";
  network.layers.forEach((layer, index) => {
    if (flattens(network, index)) x = graph.node("Flatten", [x], `flat${index}`);
    const inputs = [x];
    if (weights[index]) {
      const { dims, values } = arranged(layer, weights[index].weights);
      inputs.push(graph.constant(`w${index}`, "float", dims, values));
      inputs.push(graph.constant(`b${index}`, "float", [weights[index].outputs], weights[index].bias));
    }
    x = operator(graph, layer, form, inputs, `y${index}`);
    if (layer.relu) x = graph.node("Relu", [x], `relu${index}`);
  });
  return graph.encode(network.shape, x);
}

/** The affine grid of 256 values over what calibration saw, zero among them. */
function grid(low, high) {
  const scale = (Math.max(high, 0) - Math.min(low, 0)) / 255 || 1;
  return { scale, zero: Math.round(-Math.min(low, 0) / scale) };
}

/** Over these images, each layer's grid of its sums (before the ReLU, without the bias) and of its output. */
function calibrate(network, weights, images) {
  const ranges = network.layers.map(() => ({ product: [0, 0], output: [0, 0] }));
  const widen = (range, value) => {
    range[0] = Math.min(range[0], value);
    range[1] = Math.max(range[1], value);
  };
  for (const image of images) {
    forward(network, weights, image, (index, values, sums) => {
      for (const value of values) widen(ranges[index].output, value);
      if (network.layers[index].kind === "dense") sums.forEach((sum, o) => widen(ranges[index].product, sum - weights[index].bias[o]));
    });
  }
  return ranges.map(({ product, output }) => ({ product: grid(...product), output: grid(...output) }));
}

/** The network quantized; `images` calibrate it. */
export function int8Model(network, weights, form, images) {
  const graph = new Graph();
  const grids = calibrate(network, weights, images);
  const pair = (x, name, { scale, zero }) => {
    const ends = [graph.constant(`${name}_scale`, "float", [], [scale]), graph.constant(`${name}_zero`, "uint8", [], [zero])];
    return graph.node("DequantizeLinear", [graph.node("QuantizeLinear", [x, ...ends], `${name}_q`), ...ends], `${name}_dq`);
  };
  let input = grid(0, 1);
  let x = pair("x", "input", input);
  network.layers.forEach((layer, index) => {
    if (flattens(network, index)) x = pair(graph.node("Flatten", [x], `flat${index}`), `flat${index}`, input);
    const inputs = [x];
    // A maximum stays on its input's grid; a ReLU needs no node, since its output's grid begins at zero.
    const { product, output } = layer.kind === "pool" ? { output: input } : grids[index];
    if (weights[index]) inputs.push(...integers(graph, layer, form, index, weights[index], input.scale));
    const between = (sum) => pair(sum, `y${index}_product`, product);
    x = pair(operator(graph, layer, form, inputs, `y${index}`, between), `y${index}`, output);
    input = output;
  });
  return graph.encode(network.shape, x);
}

/** A layer's weights and biases as integers, each dequantized by its channel's scale. */
function integers(graph, layer, form, index, { inputs, outputs, weights, bias }, inputScale) {
  /** Scales and zero points lie along `axis`; a grid of one scale has none. */
  const dequantized = (name, type, dims, values, scales, zero, axis) => {
    const shape = axis == null ? [] : [outputs];
    const ends = [graph.constant(`${name}_scale`, "float", shape, scales), graph.constant(`${name}_zero`, type, shape, scales.map(() => zero))];
    return graph.node("DequantizeLinear", [graph.constant(name, type, dims, values), ...ends], `${name}_dq`, axis == null ? {} : { axis });
  };
  const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scales = Array.from({ length: outputs }, (_, o) => largest(weights.subarray(o * inputs, (o + 1) * inputs)) / 127 || 1);
  const { dims, values, axis } = arranged(layer, weights.map((w, i) => Math.round(w / scales[Math.floor(i / inputs)])));
  const w = dequantized(`w${index}`, "int8", dims, values, scales, 0, axis);
  if (layer.kind === "dense" && form === "matmul") {
    // The bias of an Add is an operand like any other, on a grid of its own.
    const { scale, zero } = grid(Math.min(...bias), Math.max(...bias));
    return [w, dequantized(`b${index}`, "uint8", [outputs], Array.from(bias, (b) => Math.round(b / scale) + zero), [scale], zero)];
  }
  const units = scales.map((scale) => scale * inputScale);
  return [w, dequantized(`b${index}`, "int32", [outputs], Array.from(bias, (b, o) => Math.round(b / units[o])), units, 0, 0)];
}
