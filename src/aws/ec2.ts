import { EC2Client } from "@aws-sdk/client-ec2";
import type { Service } from "./send.ts";

export const ec2: Service = { name: "ec2", client: (config) => new EC2Client(config) };
