using ProjectedGan.Node.Cli;

return await CommandLine.RunAsync(args);
