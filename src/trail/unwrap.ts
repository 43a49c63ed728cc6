import { gunzipSync } from "node:zlib";
import { member } from "#cloudtrail/fields.ts";
import { printable } from "#domain/text.ts";
import { type Kind, kindOf } from "./kinds.ts";
import { lists } from "./values.ts";

/** What is in a JSON value: an event as EventBridge delivers it, something else of AWS, or why it cannot be read. `place` is `#n` in a list. */
export type Unwrapped = { readonly place: string } & ({ readonly event: unknown } | { readonly kind: Kind } | { readonly problem: string });

/** The maximum number of layers around an event. A record in CloudWatch Logs, SNS and SQS, in a list, has eight. */
const maxLayers = 32;
/** The maximum size of what a payload of CloudWatch Logs unpacks to, in bytes. A payload has at most 1 MB as it is sent. */
const maxPayload = 16 * 1024 * 1024;
/** The maximum number of commas in a JSON text. Each value takes up to 60 bytes of memory; the records in 16 MB have half a million. */
const maxCommas = 1_000_000;

/** Finds the events in a value, in whatever AWS wraps them. A CloudTrail record alone becomes the `detail` of an event. */
export function* unwrap(value: unknown, place = "", layers = 0): Generator<Unwrapped> {
  if (layers > maxLayers) return yield { place, problem: `has more than ${maxLayers} layers around its event` };
  if (member(value, "detail") !== undefined) return yield { place, event: value };
  const kind = kindOf(value);
  if (kind) return yield { place, kind };
  const inner = innerOf(value);
  if (inner === undefined) return yield { place, event: member(value, "eventSource") === undefined ? value : { detail: value } };
  if ("problem" in inner || "kind" in inner) return yield { place, ...inner };
  if (!("all" in inner)) return yield* unwrap(inner.one, place, layers + 1);
  for (const [index, each] of inner.all.entries()) yield* unwrap(each, `${place}#${index + 1}`, layers + 1);
}

type Inner = { readonly one: unknown } | { readonly all: readonly unknown[] } | { readonly problem: string } | { readonly kind: Kind };

function innerOf(value: unknown): Inner | undefined {
  const all = [value, ...lists.map((key) => member(value, key))].find(Array.isArray);
  if (all) return { all };
  // A subscription's payload as Lambda receives it, directly or from a Kinesis stream.
  const payload = ["awslogs", "kinesis"].map((key) => member(member(value, key), "data")).find((each) => typeof each === "string");
  if (typeof payload === "string") return unpack(payload);
  const text = typeof value === "string" ? value : textIn(value);
  if (text?.startsWith("CWL CONTROL MESSAGE")) return { kind: "CloudWatch Logs" };
  if (text !== undefined) return parse(text);
  const one = member(value, "requestPayload");
  return one === undefined ? undefined : { one };
}

/** Returns the text that a message carries. A CloudTrail record has none of these members. */
function textIn(value: unknown): string | undefined {
  const candidates = [
    // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Event.html
    member(value, "CloudTrailEvent"),
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Message.html, and what Lambda receives of a queue
    member(value, "Body"),
    member(value, "body"),
    // https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html, and what Lambda receives of a topic
    member(value, "Message"),
    member(member(value, "Sns"), "Message"),
    // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilteredLogEvent.html
    member(value, "message"),
  ];
  return candidates.find((each) => typeof each === "string");
}

/** Unpacks what CloudWatch Logs sends to Lambda. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html */
function unpack(payload: string): Inner {
  try {
    return parse(gunzipSync(Buffer.from(payload, "base64"), { maxOutputLength: maxPayload }).toString());
  } catch (error) {
    return { problem: `has awslogs.data that cannot be unpacked: ${printable((error as Error).message)}` };
  }
}

/** Parses a JSON text. */
export function parse(text: string): { readonly one: unknown } | { readonly problem: string } {
  let commas = 0;
  if (text.length > maxCommas) for (let at = text.indexOf(","); at >= 0; at = text.indexOf(",", at + 1)) commas++;
  if (commas > maxCommas) return { problem: `has more than ${maxCommas} members and entries in one value` };
  try {
    return { one: JSON.parse(text) };
  } catch (error) {
    return { problem: `is not JSON: ${printable((error as Error).message, 200)}` };
  }
}
