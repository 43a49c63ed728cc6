import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { memories, wholeCpuMb } from "./cases.ts";

// Short, as a handler could end within a long period before the quota stops it.
const periodUs = 20_000;

/**
 * Makes cgroups until this process ends, one for each memory size below a whole CPU. Returns what limits a process and its
 * threads from then on to the share of a CPU that Lambda gives to a memory size. Throws when the machine does not permit cgroups.
 */
export function makeQuotas(): (pid: number, memoryMb: number) => void {
  const version1 = existsSync("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  const root = version1 ? "/sys/fs/cgroup/cpu" : "/sys/fs/cgroup";
  const folderOf = (memoryMb: number) => join(root, `ingress-warden-bench-${process.pid}-${memoryMb}`);
  const limited = memories.filter((memoryMb) => memoryMb < wholeCpuMb);
  process.once("exit", () => {
    for (const folder of limited.map(folderOf)) if (existsSync(folder)) rmdirSync(folder);
  });

  if (!existsSync(join(root, "cgroup.procs"))) throw new Error("this machine has no CPU cgroups");
  if (!version1) writeFileSync(join(root, "cgroup.subtree_control"), "+cpu");
  for (const memoryMb of limited) {
    const quotaUs = Math.round((periodUs * memoryMb) / wholeCpuMb);
    const settings = version1 ? { "cpu.cfs_period_us": periodUs, "cpu.cfs_quota_us": quotaUs } : { "cpu.max": `${quotaUs} ${periodUs}` };
    mkdirSync(folderOf(memoryMb));
    for (const [name, value] of Object.entries(settings)) writeFileSync(join(folderOf(memoryMb), name), String(value));
  }
  return (pid, memoryMb) => {
    if (memoryMb < wholeCpuMb) writeFileSync(join(folderOf(memoryMb), "cgroup.procs"), String(pid));
  };
}
