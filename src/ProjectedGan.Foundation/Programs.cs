namespace ProjectedGan.Foundation;

/// <summary>Finds programs as a shell would.</summary>
public static class Programs
{
    /// <summary>The path of a program on the PATH; null where there is none.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);
}
