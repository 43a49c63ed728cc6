import { EC2Client } from "@aws-sdk/client-ec2";
import type { Service } from "./send.ts";

/**
 * The service EC2 and its SDK client.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Welcome.html
 */
export const ec2: Service = { name: "ec2", client: (config) => new EC2Client(config) };
