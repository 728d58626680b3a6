import { Bytes, free, make, Writer } from "proxy-wasm-as";
import { byteAt, lower } from "./chars";

/** A header line. Until the lines are sealed, the addresses are offsets into their text, which may still move. */
@unmanaged
class Line extends Bytes {
  value: usize;
  valueLength: i32;
}

/** The header lines to add, in wire order. A name is stored once, however many lines have it. */
@unmanaged
export class Headers {
  private lines: Writer;
  private text: Writer;
  private nameAt: i32;
  private nameLength: i32;
  /** Number of lines. */
  count: i32;

  /** Creates an empty list. */
  static make(): Headers {
    const headers = make<Headers>();
    headers.lines = make<Writer>();
    headers.text = make<Writer>();
    return headers;
  }

  /** The name of a line. */
  // @ts-ignore: decorator
  @inline
  name(index: i32): Bytes {
    return changetype<Bytes>(this.lines.data + index * offsetof<Line>());
  }

  /** The value of a line. */
  // @ts-ignore: decorator
  @inline
  value(index: i32): Bytes {
    return changetype<Bytes>(this.lines.data + index * offsetof<Line>() + offsetof<Line>("value"));
  }

  /** Sets the name, in lower case, of the following values. */
  begin(name: usize, length: i32): void {
    this.nameAt = this.text.length;
    this.nameLength = length;
    const to = this.text.reserve(length);
    for (let i = 0; i < length; i++) store<u8>(to + i, lower(byteAt(name + i)));
  }

  /** Adds a line with a value of given bytes. */
  addText(value: usize, length: i32): void {
    const start = this.text.length;
    this.text.append(value, length);
    this.addLine(start);
  }

  /** Adds a line with a number as its value. */
  addInteger(value: i64): void {
    const start = this.text.length;
    this.text.decimal(value);
    this.addLine(start);
  }

  private addLine(start: i32): void {
    const line = changetype<Line>(this.lines.reserve(offsetof<Line>()));
    line.data = this.nameAt;
    line.length = this.nameLength;
    line.value = start;
    line.valueLength = this.text.length - start;
    this.count++;
  }

  /** Turns offsets into addresses, once all lines are there. */
  seal(): void {
    for (let i = 0; i < this.count; i++) {
      const line = changetype<Line>(this.name(i));
      line.data += this.text.data;
      line.value += this.text.data;
    }
  }

  free(): void {
    this.lines.free();
    this.text.free();
    free(changetype<usize>(this));
  }
}
