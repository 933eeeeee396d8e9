using ProjectedGan.Cli;

return await CommandLine.RunAsync(args);
