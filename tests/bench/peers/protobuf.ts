// As much of the Protocol Buffers encoding as an ONNX file needs. https://protobuf.dev/programming-guides/encoding/

type Bytes = Uint8Array;

const join = (parts: readonly Bytes[]): Bytes => Uint8Array.from(Buffer.concat(parts));

function varint(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.from([...bytes, rest]);
}

/** Wire types. */
const [VARINT, LENGTH, FIXED32] = [0, 2, 5];

const tag = (field: number, wire: number): Bytes => varint(field * 8 + wire);

export const integerField = (field: number, value: number): Bytes => join([tag(field, VARINT), varint(value)]);

export const bytesField = (field: number, value: Bytes): Bytes => join([tag(field, LENGTH), varint(value.length), value]);

export const textField = (field: number, value: string): Bytes => bytesField(field, new TextEncoder().encode(value));

export const floatField = (field: number, value: number): Bytes =>
  join([tag(field, FIXED32), new Uint8Array(Float32Array.of(value).buffer)]);

/** A message within a message. */
export const messageField = (field: number, parts: readonly Bytes[]): Bytes => bytesField(field, join(parts));

export const message = join;
