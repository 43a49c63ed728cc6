// Loaded before a command with --import: prints the most memory that the process had resident, in MB.
process.once("exit", () => console.error(`resident ${Math.round(process.resourceUsage().maxRSS / 1024)}`));
