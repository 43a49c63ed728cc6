/** The maximum number of complaints about one file that are printed one by one. */
const maxPerFile = 20;

/** Prints complaints about the contents of files. */
export interface Complaints {
  /** Prints a line about a file, or only counts it after many others about that file. */
  add(file: string, line: string): void;
  /** Ends the last file. */
  end(): void;
}

/** Creates one. `print` gets each line; for a file with many complaints, the last line has the number of those that were not printed. */
export function createComplaints(print: (line: string) => void): Complaints {
  let current: string | undefined;
  let count = 0;
  const end = () => {
    if (count > maxPerFile) print(`${current}: ${count - maxPerFile} more problems in this file are not listed`);
    count = 0;
  };
  return {
    add(file, line) {
      if (file !== current) end();
      current = file;
      if (++count <= maxPerFile) print(line);
    },
    end,
  };
}
