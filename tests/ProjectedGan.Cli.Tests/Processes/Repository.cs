namespace ProjectedGan.Cli.Tests.Processes;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Downloads => Environment.GetEnvironmentVariable("PGAN_DOWNLOADS") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Root, ".cache", "downloads");

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ProjectedGan.Distributed.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No ProjectedGan.Distributed.sln above {AppContext.BaseDirectory}.");
    }
}
