/** Why there are no credentials, under the name by which the SDK's own providers say it. */
class CredentialsProviderError extends Error {
  override readonly name = "CredentialsProviderError";
}

/**
 * Stands in for the SDK's chain of credential providers in the Lambda bundle: Lambda hands a function the credentials of
 * its role in the environment, and nowhere else. Throws when there are none.
 */
export function defaultProvider(): () => Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken?: string }> {
  return async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
    if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
      throw new CredentialsProviderError(
        "The environment holds no AWS_ACCESS_KEY_ID or no AWS_SECRET_ACCESS_KEY, as Lambda sets them: the function reads no profile, file or metadata service",
      );
    return {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    };
  };
}
