// The seed network as an ONNX model for inference, with noise for weights: what ONNX Runtime is measured with.
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
import { bytesField, floatField, integerField, message, messageField, textField } from './protobuf.ts';
import { noise } from './serve.ts';

/** Field numbers and enumerations of onnx.proto. */
const FLOAT = 1;
const attributeTypes = { float: 1, integer: 2, integers: 7 } as const;

type Attribute = number | readonly number[] | { float: number };

function attribute(name: string, value: Attribute): Uint8Array {
  if (typeof value === 'number')
    return messageField(5, [textField(1, name), integerField(3, value), integerField(20, attributeTypes.integer)]);
  if ('float' in value) return messageField(5, [textField(1, name), floatField(2, value.float), integerField(20, attributeTypes.float)]);
  return messageField(5, [textField(1, name), ...value.map((entry) => integerField(8, entry)), integerField(20, attributeTypes.integers)]);
}

function tensor(name: string, shape: readonly number[], values: Float32Array): Uint8Array {
  const dims = shape.map((size) => integerField(1, size));
  return messageField(5, [...dims, integerField(2, FLOAT), textField(8, name), bytesField(9, new Uint8Array(values.buffer))]);
}

/** An input (11) or output (12) of the graph. */
function port(field: number, name: string, shape: readonly number[]): Uint8Array {
  const dims = shape.map((size) => messageField(1, [integerField(1, size)]));
  return messageField(field, [textField(1, name), messageField(2, [messageField(1, [integerField(1, FLOAT), messageField(2, dims)])])]);
}

/** Input `x` (batch, 3, 32, 32), output `y` (batch, 10). */
export function seedOnnx(batch: number): Uint8Array {
  const nodes: Uint8Array[] = [];
  const weights: Uint8Array[] = [];
  let last = 'x';
  const weight = (name: string, shape: readonly number[], values?: Float32Array): string => {
    const count = shape.reduce((product, size) => product * size, 1);
    weights.push(tensor(name, shape, values ?? noise(count).map((value) => value / 16)));
    return name;
  };
  const node = (
    operator: string,
    inputs: readonly string[],
    attributes: { [name: string]: Attribute } = {},
    output = `v${nodes.length}`,
  ): void => {
    const ports = [last, ...inputs].map((input) => textField(1, input));
    const settings = Object.entries(attributes).map(([name, value]) => attribute(name, value));
    nodes.push(messageField(1, [...ports, textField(2, output), textField(4, operator), ...settings]));
    last = output;
  };
  const stage = (name: string, inputs: number, outputs: number): void => {
    node('Conv', [weight(`${name}.w`, [outputs, inputs, 3, 3]), weight(`${name}.b`, [outputs])], {
      kernel_shape: [3, 3],
      pads: [1, 1, 1, 1],
    });
    const ones = () => new Float32Array(outputs).fill(1);
    const [gamma, beta] = [weight(`${name}.gamma`, [outputs], ones()), weight(`${name}.beta`, [outputs])];
    const [mean, variance] = [weight(`${name}.mean`, [outputs]), weight(`${name}.variance`, [outputs], ones())];
    node('BatchNormalization', [gamma, beta, mean, variance], { epsilon: { float: 1e-5 } });
    node('Relu', []);
    node('MaxPool', [], { kernel_shape: [2, 2], strides: [2, 2] });
  };
  stage('conv1', 3, 16);
  stage('conv2', 16, 32);
  node('Flatten', []);
  node('Gemm', [weight('linear1.w', [128, 2048]), weight('linear1.b', [128])], { transB: 1 });
  node('Gemm', [weight('linear2.w', [10, 128]), weight('linear2.b', [10])], { transB: 1 }, 'y');
  const graph = [...nodes, textField(2, 'seed'), ...weights, port(11, 'x', [batch, 3, 32, 32]), port(12, 'y', [batch, 10])];
  return message([integerField(1, 8), messageField(7, graph), messageField(8, [textField(1, ''), integerField(2, 17)])]);
}
