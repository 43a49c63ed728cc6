/** An error of AWS's (page CommonErrors, and section Errors of each action's page). Operations throw it; the protocol of the API decides its text. */
export class QueryError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** The error for an invalid value, with the code that all Query services share (page CommonErrors). */
export function invalidValue(message: string): QueryError {
  return new QueryError("InvalidParameterValue", 400, message);
}

/** The error for parameters that exclude each other (page CommonErrors). */
export function invalidCombination(message: string): QueryError {
  return new QueryError("InvalidParameterCombination", 400, message);
}
