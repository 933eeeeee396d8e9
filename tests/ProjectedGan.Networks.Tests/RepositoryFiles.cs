namespace ProjectedGan.Networks.Tests;

/// <summary>Files beside the test binaries: of the repository and of its download cache.</summary>
internal static class RepositoryFiles
{
    /// <summary>A file below some folder above the binaries; an environment variable may name another folder for it.</summary>
    public static string Find(string relative, string variable)
    {
        var named = Environment.GetEnvironmentVariable(variable);
        if (!string.IsNullOrEmpty(named))
        {
            return Path.Combine(named, Path.GetFileName(relative));
        }
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, relative);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }
        throw new InvalidOperationException(
            $"No {relative} above '{AppContext.BaseDirectory}' (./pgan test provides it); or set {variable} to its folder.");
    }

    /// <summary>A package that <c>./pgan test</c> fetched.</summary>
    public static string Download(string file) => Find($".cache/downloads/{file}", "PGAN_DOWNLOADS");
}
