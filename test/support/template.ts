import { readFileSync } from "node:fs";
import { Pair, parse, Scalar, type Tags, YAMLMap } from "yaml";

/** A value in the template, in CloudFormation's JSON form. */
// biome-ignore lint/suspicious/noExplicitAny: tests walk the template freely, and a wrong step fails them
export type Value = any;

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Value;
}

export interface Template {
  readonly Parameters: Value;
  readonly Conditions: Value;
  /** What SAM puts into every function; gone once it is translated. */
  readonly Globals?: { readonly Function: Value };
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Value;
}

/** template.yaml as plain objects, its short tags written out: `{ Ref: … }`, `{ "Fn::GetAtt": […] }`. */
export function readTemplate(file: URL = new URL("../../template.yaml", import.meta.url)): Template {
  return parse(readFileSync(file, "utf8"), { customTags });
}

/** An alarm's properties with those of its one metric, which a metric math expression has in `Metrics`. */
export function withMetric({ Metrics, ...alarm }: Value): Value {
  if (Metrics === undefined) return alarm;
  const { Metric, Stat, Period } = Metrics.find(({ MetricStat }: Value) => MetricStat)?.MetricStat ?? {};
  return { ...alarm, ...Metric, Statistic: Stat, Period };
}

const intrinsics = ["And", "Condition", "Equals", "GetAtt", "If", "Join", "Not", "Or", "Ref", "Select", "Sub"];

function customTags(tags: Tags): Tags {
  return [...tags, ...intrinsics.flatMap(shortTag)];
}

function shortTag(name: string): Tags {
  const tag = `!${name}`;
  const key = name === "Ref" || name === "Condition" ? name : `Fn::${name}`;
  return [
    { tag, resolve: (text: string) => ({ [key]: name === "GetAtt" ? attribute(text) : text }) },
    { tag, collection: "seq", resolve: (list) => wrap(key, list) },
  ];
}

/** CloudFormation splits at the first dot: what follows it may have dots of its own. */
function attribute(text: string): readonly string[] {
  const dot = text.indexOf(".");
  return [text.slice(0, dot), text.slice(dot + 1)];
}

function wrap(key: string, list: unknown): YAMLMap {
  const map = new YAMLMap();
  map.items.push(new Pair(new Scalar(key), list));
  return map;
}
