/** There are no credentials. Has the name of the error that the SDK's own providers throw. */
class CredentialsProviderError extends Error {
  override readonly name = "CredentialsProviderError";
}

/**
 * Replaces the SDK's chain of credential providers in the Lambda bundle. Lambda passes the credentials of the function's role only
 * in environment variables. The returned provider throws a CredentialsProviderError when they are missing.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function defaultProvider(): () => Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken?: string }> {
  return async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
    if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
      throw new CredentialsProviderError(
        "AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set. Lambda sets both; the function reads no profile, file or metadata service",
      );
    return {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    };
  };
}
