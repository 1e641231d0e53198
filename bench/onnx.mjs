// The networks as ONNX models: in float, and quantized in the form that onnxruntime's `quantize_static` writes (QDQ):
// int8 weights symmetric and per channel, uint8 activations, int32 biases, and a QuantizeLinear/DequantizeLinear pair on
// each activation. ONNX Runtime fuses the pairs and the operator between them into its integer kernels.
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

const weightDims = (layer) =>
  layer.kind === "dense" ? [layer.outputs, layer.inputs] : [layer.filters, layer.channels, layer.kernel, layer.kernel];

/** The layer's own operator, from these inputs. */
function operator(graph, layer, inputs, output) {
  if (layer.kind === "pool") return graph.node("MaxPool", inputs, output, { kernel_shape: [2, 2], strides: [2, 2] });
  if (layer.kind === "conv") return graph.node("Conv", inputs, output, { kernel_shape: [layer.kernel, layer.kernel] });
  return graph.node("Gemm", inputs, output, { transB: 1 });
}

/** The dense layers that follow images take them flattened. */
const flattens = (network, index) => network.layers[index].kind === "dense" && network.layers[index - 1]?.kind === "pool";

/** The network in float. */
export function floatModel(network, weights) {
  const graph = new Graph();
  let x = "x";
  network.layers.forEach((layer, index) => {
    if (flattens(network, index)) x = graph.node("Flatten", [x], `flat${index}`);
    const inputs = [x];
    if (weights[index]) {
      inputs.push(graph.constant(`w${index}`, "float", weightDims(layer), weights[index].weights));
      inputs.push(graph.constant(`b${index}`, "float", [weights[index].outputs], weights[index].bias));
    }
    x = operator(graph, layer, inputs, `y${index}`);
    if (layer.relu) x = graph.node("Relu", [x], `relu${index}`);
  });
  return graph.encode(network.shape, x);
}

/** The affine grid of 256 values over what calibration saw, zero among them. */
function grid(low, high) {
  const scale = (Math.max(high, 0) - Math.min(low, 0)) / 255 || 1;
  return { scale, zero: Math.round(-Math.min(low, 0) / scale) };
}

/** The grids of the input and of each layer's output over these images. */
function calibrate(network, weights, images) {
  const ranges = network.layers.map(() => [0, 0]);
  for (const image of images) {
    forward(network, weights, image, (index, values) => {
      for (const value of values) {
        ranges[index][0] = Math.min(ranges[index][0], value);
        ranges[index][1] = Math.max(ranges[index][1], value);
      }
    });
  }
  return [grid(0, 1), ...ranges.map(([low, high]) => grid(low, high))];
}

/** The network quantized; `images` calibrate it. */
export function int8Model(network, weights, images) {
  const graph = new Graph();
  const grids = calibrate(network, weights, images);
  const pair = (x, name, { scale, zero }) => {
    const ends = [graph.constant(`${name}_scale`, "float", [], [scale]), graph.constant(`${name}_zero`, "uint8", [], [zero])];
    return graph.node("DequantizeLinear", [graph.node("QuantizeLinear", [x, ...ends], `${name}_q`), ...ends], `${name}_dq`);
  };
  let [x, input] = [pair("x", "input", grids[0]), grids[0]];
  network.layers.forEach((layer, index) => {
    if (flattens(network, index)) x = pair(graph.node("Flatten", [x], `flat${index}`), `flat${index}`, input);
    const inputs = [x];
    // A maximum stays on its input's grid; a ReLU needs no node, since its output's grid begins at zero.
    const output = layer.kind === "pool" ? input : grids[index + 1];
    if (weights[index]) inputs.push(...integers(graph, layer, index, weights[index], input.scale));
    x = pair(operator(graph, layer, inputs, `y${index}`), `y${index}`, output);
    input = output;
  });
  return graph.encode(network.shape, x);
}

/** A layer's weights and biases as integers, each dequantized by its channel's scale. */
function integers(graph, layer, index, { inputs, outputs, weights, bias }, inputScale) {
  const row = (o) => weights.subarray(o * inputs, (o + 1) * inputs);
  const scales = Array.from({ length: outputs }, (_, o) => row(o).reduce((m, w) => Math.max(m, Math.abs(w)), 0) / 127 || 1);
  const q = weights.map((w, i) => Math.round(w / scales[Math.floor(i / inputs)]));
  const units = scales.map((scale) => scale * inputScale);
  const dequantized = (name, type, dims, values, scale) => {
    const ends = [graph.constant(`${name}_scale`, "float", [outputs], scale), graph.constant(`${name}_zero`, type, [outputs], new Array(outputs).fill(0))];
    return graph.node("DequantizeLinear", [graph.constant(name, type, dims, values), ...ends], `${name}_dq`, { axis: 0 });
  };
  return [
    dequantized(`w${index}`, "int8", weightDims(layer), q, scales),
    dequantized(`b${index}`, "int32", [outputs], Array.from(bias, (b, o) => Math.round(b / units[o])), units),
  ];
}
