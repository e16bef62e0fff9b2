// Imported before a program: says at its end how much memory it held at most.
process.on('exit', () => {
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stderr.write(`peak memory ${megabytes} MB\n`);
});
