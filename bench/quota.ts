import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { wholeCpuMb } from "./cases.ts";

// Short: with a long period a handler could end before it is held at all.
const periodUs = 20_000;

/** Holds processes to the share of a CPU that Lambda gives a function of some memory. */
export interface Quotas {
  /** Holds a process and all its threads to the share of one CPU from now on. */
  hold(pid: number, memoryMb: number): void;
  remove(): void;
}

/** Makes one cgroup for each memory size; says why it cannot where the machine does not let it. */
export function makeQuotas(memories: readonly number[]): Quotas | string {
  const folderOf = (memoryMb: number) => join(root, `ingress-warden-bench-${process.pid}-${memoryMb}`);
  const version1 = existsSync("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  const root = version1 ? "/sys/fs/cgroup/cpu" : "/sys/fs/cgroup";
  const remove = () => {
    for (const folder of memories.map(folderOf)) if (existsSync(folder)) rmdirSync(folder);
  };
  if (!existsSync(join(root, "cgroup.procs"))) return "this machine has no cgroup of CPUs";
  try {
    for (const memoryMb of memories) {
      const folder = folderOf(memoryMb);
      const quotaUs = Math.round((periodUs * memoryMb) / wholeCpuMb);
      if (!version1) writeFileSync(join(root, "cgroup.subtree_control"), "+cpu");
      mkdirSync(folder);
      if (version1) {
        writeFileSync(join(folder, "cpu.cfs_period_us"), String(periodUs));
        writeFileSync(join(folder, "cpu.cfs_quota_us"), String(quotaUs));
      } else writeFileSync(join(folder, "cpu.max"), `${quotaUs} ${periodUs}`);
    }
  } catch (error) {
    remove();
    return `no cgroup with a CPU quota can be made here: ${(error as Error).message}`;
  }
  return { hold: (pid, memoryMb) => writeFileSync(join(folderOf(memoryMb), "cgroup.procs"), String(pid)), remove };
}
