import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Package {
  readonly version: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly resolved?: string;
}

interface Component {
  readonly name: string;
  readonly version: string;
  readonly scope: string;
  readonly hashes: readonly [{ readonly content: string }];
}

const lockfile: { readonly packages: Readonly<Record<string, Package>> } = JSON.parse(readFileSync("package-lock.json", "utf8"));
const packages = Object.entries(lockfile.packages).filter(([path]) => path !== "");
/** Licences of what is built into the function or installed with the package. */
const shipped = ["0BSD", "Apache-2.0", "MIT", "MIT-0"];
/** Further licences that only tools may have. */
const forTools = ["BSD-3-Clause", "BlueOak-1.0.0", "CC-BY-4.0", "ISC", "MIT OR Apache-2.0", "MPL-2.0"];

function unlicensed(of: typeof packages): string[] {
  return of
    .filter(([, { dev, license = "" }]) => !(dev ? [...shipped, ...forTools] : shipped).includes(license))
    .map(([path, { license }]) => `${path}: ${license}`);
}

test("the lockfile has a digest for every package, and takes none from a folder, a repository or plain http", () => {
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.filter(([, { integrity = "" }]) => !/^sha512-[\w+/]{86}==$/.test(integrity)).map(([path]) => path)).toEqual([]);
  expect(packages.filter(([, { resolved = "https:" }]) => !resolved.startsWith("https:")).map(([path]) => path)).toEqual([]);
});

test("every package has a listed licence, and only tools one of the longer list", () => {
  expect(unlicensed(packages)).toEqual([]);
});

test.each([
  ["a licence that is not on the list", { license: "GPL-3.0-only", dev: true }],
  ["a tool's licence on what is shipped", { license: "MPL-2.0" }],
  ["no licence", {}],
])("a planted package with %s is found", (_name, planted) => {
  expect(unlicensed([...packages, ["node_modules/planted", { version: "1.0.0", ...planted }]])).toHaveLength(1);
});

test("package.json pins every version", () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  const versions = Object.entries<string>({ ...dependencies, ...devDependencies });

  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

test("`npm run -s sbom` lists every package, with its digest and whether it is shipped", () => {
  const { bomFormat, components } = JSON.parse(
    execFileSync("npm", ["run", "-s", "sbom"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
  );
  const listed = components.map(({ name, version, scope, hashes: [{ content }] }: Component) => `${name} ${version} ${scope} ${content}`);
  const wanted = packages.map(([path, { version, integrity = "", dev }]) => {
    const digest = Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex");
    return `${path.replace(/^.*node_modules\//, "")} ${version} ${dev ? "optional" : "required"} ${digest}`;
  });

  expect(bomFormat).toBe("CycloneDX");
  // A package in several folders is listed once.
  expect(listed.sort()).toEqual([...new Set(wanted)].sort());
});
