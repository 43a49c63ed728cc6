import { type Api, apiOf } from "./apis.ts";
import { type Answer, type Content, type Element, QueryError } from "./query.ts";

/**
 * The answer to a success. In the Query protocol an operation without output has no Result, only metadata, as in page
 * API_DeleteClusterSecurityGroup; EC2 has no Result at all, and its request id stands first.
 */
export function success(api: Api, action: string, result: readonly Element[] | undefined, requestId: string): Answer {
  switch (api.protocol) {
    case "query": {
      const metadata: Element = ["ResponseMetadata", [["RequestId", requestId]]];
      const content: Element[] = result === undefined ? [metadata] : [[`${action}Result`, result], metadata];
      return { status: 200, type: "text/xml", text: root(`${action}Response`, api, content) };
    }
    case "ec2":
      return { status: 200, type: "text/xml", text: root(`${action}Response`, api, [["requestId", requestId], ...(result ?? [])]) };
    case "json":
      return { status: 200, type: json, text: JSON.stringify(objectOf(result ?? [])) };
  }
}

/** The answer to a refusal. What is no QueryError is a mistake of the emulator's own, an InternalFailure. */
export function refusal(service: string, cause: unknown, requestId: string): Answer {
  const error = cause instanceof QueryError ? cause : new QueryError("InternalFailure", 500, String(cause));
  const { code, status, message } = error;
  const api = apiOf(service);
  switch (api?.protocol) {
    case "ec2": {
      const fields: Element[] = [
        ["Code", code],
        ["Message", message],
      ];
      const content: Element[] = [
        ["Errors", [["Error", fields]]],
        ["RequestID", requestId],
      ];
      return { status, code, type: "text/xml", text: root("Response", undefined, content) };
    }
    case "json":
      return { status, code, type: json, text: JSON.stringify({ __type: code, message }) };
    default: {
      const fields: Element[] = [
        ["Type", status < 500 ? "Sender" : "Receiver"],
        ["Code", code],
        ["Message", message],
      ];
      const content: Element[] = [
        ["Error", fields],
        ["RequestId", requestId],
      ];
      return { status, code, type: "text/xml", text: root("ErrorResponse", api, content) };
    }
  }
}

const json = "application/x-amz-json-1.1";

/** In JSON, elements that are all called `member` are a list. */
function contentOf(content: Content): unknown {
  if (typeof content !== "object") return content;
  return content.every(([name]) => name === "member") ? content.map(([, item]) => contentOf(item)) : objectOf(content);
}

function objectOf(elements: readonly Element[]): object {
  return Object.fromEntries(elements.map(([name, content]) => [name, contentOf(content)]));
}

function root(name: string, api: Api | undefined, content: readonly Element[]): string {
  const xmlns = api === undefined ? "" : ` xmlns="${api.namespace}"`;
  return `<${name}${xmlns}>${content.map(write).join("")}</${name}>`;
}

function write([name, content]: Element): string {
  const text = typeof content === "object" ? content.map(write).join("") : escapeText(String(content));
  return text === "" ? `<${name}/>` : `<${name}>${text}</${name}>`;
}

/** Everything that is markup, and every control character: a parser would turn a raw CR into LF. */
function escapeText(text: string): string {
  return text.replace(/[&<>"'\p{Cc}\u2028\u2029]/gu, (character) => `&#x${character.codePointAt(0)?.toString(16)};`);
}
