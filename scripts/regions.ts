import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { isRegion } from "../src/domain/place.ts";

/** The Regions of every partition, in ascending order, by the data with which the installed AWS SDK finds endpoints. */
export async function regionsOfSdk(): Promise<readonly string[]> {
  const data = new URL("../node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js", import.meta.url);
  const { partitionsInfo } = await import(data.href);
  return partitionsInfo.partitions.flatMap(({ regions }: { regions: object }) => Object.keys(regions).filter(isRegion)).sort();
}

// Writes the Regions that `check` knows, after an update of the AWS SDK.
if (import.meta.main) {
  const file = fileURLToPath(new URL("../src/cli/check/regions.json", import.meta.url));
  await writeFile(file, `${JSON.stringify(await regionsOfSdk(), null, 2)}\n`);
}
