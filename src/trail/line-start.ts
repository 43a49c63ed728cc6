import { newline, openArray, openObject, quote, table } from "./bytes.ts";

/** The maximum size of what stands before a value on its line, in bytes. */
export const maxBefore = 1024;

/** Bytes with which a value that can have items begins, or a line ends. */
export const startsValue: Uint8Array = table({ [openObject]: 1, [openArray]: 1, [quote]: 1, [newline]: 1 });
const digits = Object.fromEntries([...Buffer.from("0123456789")].map((digit) => [digit, 1]));
/** Bytes with which a line begins that can have a value. */
export const startsLine: Uint8Array = table({ ...digits, [openObject]: 1, [openArray]: 1, [quote]: 1 });
/** A byte order mark, or the timestamp of a line of CloudWatch Logs. `aws logs tail` adds the name of the stream. */
export const mayPrecede: RegExp = /^\ufeff?\s*(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*\s+(\S+\s+)?)?$/;
/**
 * `aws logs tail --format json` writes the timestamp and the stream on a line, and the record on the lines after it.
 * @see https://github.com/aws/aws-cli/blob/v2/awscli/customizations/logs/tail.py
 */
export const precedesLine: RegExp = /^\ufeff?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*\s+\S+\s+$/;
