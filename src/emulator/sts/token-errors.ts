import { apiOf } from "../wire/apis.ts";
import { QueryError } from "../wire/errors.ts";

/**
 * The error for credentials that AWS does not know, or that lack their session token. Query services: InvalidClientTokenId, as Redshift
 * answers it (github.com/aws/aws-sdk-java/issues/2119). EC2: AuthFailure with status 401 (github.com/turbot/steampipe-plugin-aws/issues/75).
 * JSON services: UnrecognizedClientException (github.com/ekristen/aws-nuke/issues/774, Kinesis).
 */
export function invalidToken(service: string): QueryError {
  switch (apiOf(service)?.protocol) {
    case "ec2":
      return new QueryError("AuthFailure", 401, "AWS was not able to validate the provided access credentials");
    case "json":
      return new QueryError("UnrecognizedClientException", 400, "The security token included in the request is invalid.");
    default:
      return new QueryError("InvalidClientTokenId", 403, "The security token included in the request is invalid.");
  }
}

/**
 * The error for a session that is expired. Query services: ExpiredToken (github.com/aws/aws-sdk-java-v2/issues/1649, STS). EC2:
 * RequestExpired (github.com/aws/aws-sdk-java/issues/1443). JSON services: ExpiredTokenException (github.com/guregu/dynamo/issues/68).
 */
export function expiredToken(service: string): QueryError {
  switch (apiOf(service)?.protocol) {
    case "ec2":
      return new QueryError("RequestExpired", 400, "Request has expired.");
    case "json":
      return new QueryError("ExpiredTokenException", 400, "The security token included in the request is expired");
    default:
      return new QueryError("ExpiredToken", 403, "The security token included in the request is expired");
  }
}
