import { writeFile } from "node:fs/promises";
import { jsonSchema, schemaNames } from "../src/cli/schema.ts";

// Writes the published JSON Schemas from the definitions that the code checks with.
for (const name of schemaNames) await writeFile(`${name}.schema.json`, jsonSchema(name));
