import { type Api, apiOf } from "./apis.ts";
import { type Content, type Element, elements } from "./elements.ts";
import { QueryError } from "./errors.ts";

/** What is sent back. `code` is the error code in the text, if it is an error. */
export interface WireResponse {
  readonly status: number;
  readonly code?: string;
  readonly type: string;
  readonly text: string;
}

const json = "application/x-amz-json-1.1";

/**
 * The response to a request that succeeds. In the Query protocol, an operation without output has metadata and no Result (page
 * API_DeleteClusterSecurityGroup). In EC2's variant there is no Result element, and the request id comes first.
 */
export function successResponse(api: Api, action: string, result: readonly Element[] | undefined, requestId: string): WireResponse {
  switch (api.protocol) {
    case "query": {
      const metadata: Element = ["ResponseMetadata", elements({ RequestId: requestId })];
      const content: Element[] = result === undefined ? [metadata] : [[`${action}Result`, result], metadata];
      return { status: 200, type: "text/xml", text: xml(`${action}Response`, api, content) };
    }
    case "ec2":
      return { status: 200, type: "text/xml", text: xml(`${action}Response`, api, [["requestId", requestId], ...(result ?? [])]) };
    case "json":
      return { status: 200, type: json, text: JSON.stringify(jsonObject(result ?? [])) };
  }
}

/** The response to a request that fails. Any cause but QueryError is a defect of the emulator: an InternalFailure. */
export function errorResponse(service: string, cause: unknown, requestId: string): WireResponse {
  const error = cause instanceof QueryError ? cause : new QueryError("InternalFailure", 500, String(cause));
  const { code, status, message } = error;
  const api = apiOf(service);
  switch (api?.protocol) {
    case "ec2": {
      const content = elements({
        Errors: elements({ Error: elements({ Code: code, Message: message }) }),
        RequestID: requestId,
      });
      return { status, code, type: "text/xml", text: xml("Response", undefined, content) };
    }
    case "json":
      return { status, code, type: json, text: JSON.stringify({ __type: code, message }) };
    default: {
      const fields = elements({ Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: message });
      const content = elements({ Error: fields, RequestId: requestId });
      return { status, code, type: "text/xml", text: xml("ErrorResponse", api, content) };
    }
  }
}

/** Elements that are all called `member` are a list in JSON. */
function jsonValue(content: Content): unknown {
  if (typeof content !== "object") return content;
  return content.every(([name]) => name === "member") ? content.map(([, item]) => jsonValue(item)) : jsonObject(content);
}

function jsonObject(members: readonly Element[]): object {
  return Object.fromEntries(members.map(([name, content]) => [name, jsonValue(content)]));
}

function xml(root: string, api: Api | undefined, content: readonly Element[]): string {
  const xmlns = api === undefined ? "" : ` xmlns="${api.namespace}"`;
  return `<${root}${xmlns}>${content.map(xmlElement).join("")}</${root}>`;
}

function xmlElement([name, content]: Element): string {
  const text = typeof content === "object" ? content.map(xmlElement).join("") : escapeText(String(content));
  return text === "" ? `<${name}/>` : `<${name}>${text}</${name}>`;
}

/** Escapes markup and every control character: a parser reads a raw CR as LF. */
function escapeText(text: string): string {
  return text.replace(/[&<>"'\p{Cc}\u2028\u2029]/gu, (character) => `&#x${character.codePointAt(0)?.toString(16)};`);
}
