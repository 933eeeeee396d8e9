namespace ProjectedGan.Cli.Shell;

/// <summary>Where <c>pgan</c> keeps what can be made again: <c>.cache</c> in <c>PGAN_HOME</c>, which the launcher sets, or in the working folder.</summary>
internal static class PganHome
{
    public static string Root { get; } = Environment.GetEnvironmentVariable("PGAN_HOME") is { Length: > 0 } home ? home : Environment.CurrentDirectory;

    /// <summary>Features of real images, by dataset and network.</summary>
    public static string Statistics => Cache("statistics");

    /// <summary>Datasets that the demo makes.</summary>
    public static string Datasets => Cache("datasets");

    /// <summary>Packages that the launcher fetched.</summary>
    public static string Downloads => Environment.GetEnvironmentVariable("PGAN_DOWNLOADS") is { Length: > 0 } folder ? folder : Cache("downloads");

    private static string Cache(string name) => Path.Combine(Root, ".cache", name);
}
